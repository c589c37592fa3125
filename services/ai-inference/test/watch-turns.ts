import { turnCompleted, turnFailed, turnStarted } from '@concord/contracts/events'
import type { EventOf } from '@concord/contracts/envelope'
import type { Bus, Subscription } from '@concord/messaging/bus'
import { on } from '@concord/messaging/subscribe'
import { patiently } from '@concord/testing/patience'
import { vi } from 'vitest'

export type Completed = EventOf<typeof turnCompleted>
export type Failed = EventOf<typeof turnFailed>
type TurnEvent = EventOf<typeof turnStarted> | Completed | Failed

/** Stands in the orchestrator's place and remembers what the bus tells of turns. */
export async function watchTurns(bus: Bus) {
  // An event that the bus delivers twice, as it may, is one.
  const told = new Map<string, TurnEvent>()
  const note = async (event: TurnEvent) => void told.set(event.id, event)
  const subscriptions: Subscription[] = [
    on(turnStarted, { handler: 'test.turn.started.v1' }, note),
    on(turnCompleted, { handler: 'test.turn.completed.v1' }, note),
    on(turnFailed, { handler: 'test.turn.failed.v1' }, note),
  ]
  await bus.declare('test', subscriptions)
  const consumption = await bus.consume('test', subscriptions)

  const of = (turnId: string) => [...told.values()].filter(({ data }) => data.turn_id === turnId)
  const results = (turnId: string) =>
    of(turnId).flatMap((event): (Completed | Failed)[] => (event.type === turnStarted.type ? [] : [event]))
  const starts = (turnId: string) => of(turnId).filter(({ type }) => type === turnStarted.type)

  return {
    results,
    starts,
    /** The turn's result, when it has come. */
    resultOf: (turnId: string) => vi.waitFor(() => required(results(turnId)[0]), patiently),
    started: (turnId: string) => vi.waitFor(() => required(starts(turnId)[0]), patiently),
    close: () => consumption.close(),
  }
}

function required<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('it has not come')
  return value
}
