import { turnCancelled, turnRequested, userErased } from '@concord/contracts/events'
import type { Subscription } from '@concord/messaging/bus'
import { on } from '@concord/messaging/subscribe'
import type { CancelChannel } from '../ports.ts'
import { takeTurn } from './take-turn.ts'
import type { TakeTurnDeps } from './take-turn.ts'

export type TurnSubscriptionDeps = TakeTurnDeps & {
  cancelChannel: CancelChannel
  /** Turns that one process holds at a time, those that wait for their provider included. */
  turnsHeld: number
}

export const handlers = {
  requested: 'ai-inference.turn.requested.v1',
  cancelled: 'ai-inference.turn.cancelled.v1',
  erased: 'ai-inference.user.erased.v1',
}

/** A failing database is waited for; the orchestrator's own deadline ends what cannot be done. */
const patience = { attempts: 12, delaysMs: [250, 500, 1_000, 2_000, 5_000, 10_000] }

export function turnSubscriptions(deps: TurnSubscriptionDeps): Subscription[] {
  return [
    on(
      turnRequested,
      { handler: handlers.requested, concurrency: deps.turnsHeld, retry: patience },
      (event, { signal }) => takeTurn(deps, event, signal),
    ),
    on(turnCancelled, { handler: handlers.cancelled, retry: patience }, async (event) => {
      await deps.turns.cancel(event)
      const { query_id, turn_ids } = event.data
      const cancellation = turn_ids.length > 0 ? { turn_ids } : { query_id }
      deps.running.cancel(cancellation)
      await deps.cancelChannel.publish(cancellation)
    }),
    on(userErased, { handler: handlers.erased, retry: patience }, async (event) => {
      const turnIds = await deps.turns.eraseUser(event.data.user_id)
      deps.running.cancel({ turn_ids: turnIds })
      await deps.cancelChannel.publish({ turn_ids: turnIds })
    }),
  ]
}
