import { signal } from '@preact/signals'
import type { PanelMember } from '@concord/contracts/panel'
import type { RequestFailure } from '../api/request-failure.ts'
import { readPanel } from '../api/queries.ts'
import { failureFrom } from '../page/problem-notice.tsx'

export const panel = signal<readonly PanelMember[] | undefined>(undefined)
export const panelFailure = signal<RequestFailure | undefined>(undefined)

export async function loadPanel(): Promise<void> {
  try {
    panel.value = (await readPanel()).data
    panelFailure.value = undefined
  } catch (error) {
    panelFailure.value = failureFrom(error)
  }
}

/** What was chosen and still exists, or the default. */
export function chosenModels(members: readonly PanelMember[], chosen: readonly string[] | undefined): string[] {
  if (!chosen) return defaultModels(members)
  return members.filter(({ name, state }) => state !== 'unconfigured' && chosen.includes(name)).map(({ name }) => name)
}

/** As the API chooses by itself: what can answer, four at most. */
function defaultModels(members: readonly PanelMember[]): string[] {
  const able = members.filter(({ state }) => state !== 'unconfigured')
  const up = able.filter(({ state }) => state !== 'down')
  return (up.length > 0 ? up : able).slice(0, 4).map(({ name }) => name)
}
