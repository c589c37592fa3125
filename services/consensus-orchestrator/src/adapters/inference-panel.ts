import { ModelList } from '@concord/contracts/panel'
import type { PanelModel } from '@concord/contracts/panel'
import type { ServiceClient } from '@concord/service-kit/service-client'
import type { Panel } from '../ports.ts'

const freshMs = 2_000
/** So long an old list is better than none: a submission must not fail because ai-inference restarts. */
const usableMs = 60_000

/** The models of ai-inference, asked for at most every two seconds, however many ask at once. */
export function inferencePanel(client: Pick<ServiceClient, 'call'>, now: () => Date): Panel {
  let held: { models: readonly PanelModel[]; at: number } | undefined
  let asking: Promise<readonly PanelModel[]> | undefined

  async function ask(): Promise<readonly PanelModel[]> {
    const { data } = await client.call({ path: '/internal/models', answer: ModelList, timeoutMs: 3_000 })
    held = { models: data, at: now().getTime() }
    return data
  }

  return async function panel() {
    const age = held ? now().getTime() - held.at : Infinity
    if (held && age < freshMs) return held.models
    asking ??= ask().finally(() => {
      asking = undefined
    })
    if (!held || age >= usableMs) return asking
    const { models } = held
    return asking.catch(() => models)
  }
}
