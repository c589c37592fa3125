import { AppError } from '@concord/service-kit/errors'
import type { ServiceClient } from '@concord/service-kit/service-client'
import { describe, expect, test } from 'vitest'
import { aModel } from '../../test/neighbours.ts'
import { inferencePanel } from './inference-panel.ts'

function setUp() {
  let time = 0
  const state = { calls: 0, down: false }
  const client: Pick<ServiceClient, 'call'> = {
    async call({ answer }) {
      state.calls += 1
      if (state.down) throw new AppError('unavailable', 'down')
      return answer.parse({ data: [aModel()] })
    },
  }
  return { state, panel: inferencePanel(client, () => new Date(time)), pass: (ms: number) => void (time += ms) }
}

describe('the panel', () => {
  test('is asked for once, however many ask at once and for two seconds', async () => {
    const { panel, state, pass } = setUp()

    await Promise.all([panel(), panel(), panel()])
    pass(1_999)
    await panel()
    const before = state.calls
    pass(2)
    await panel()

    expect([before, state.calls]).toEqual([1, 2])
  })

  test('stays what it was for a minute while ai-inference is down, then is unavailable', async () => {
    const { panel, state, pass } = setUp()
    await panel()
    state.down = true

    pass(30_000)
    expect(await panel()).toEqual([aModel()])
    pass(30_001)
    await expect(panel()).rejects.toThrow(AppError)
  })
})
