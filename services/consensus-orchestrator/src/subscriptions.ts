import { querySubmitted, turnCompleted, turnFailed, turnStarted, userErased } from '@concord/contracts/events'
import { TurnOutput } from '@concord/contracts/turns'
import type { Subscription } from '@concord/messaging/bus'
import { on } from '@concord/messaging/subscribe'
import { anchorHasFailed, anchorWasAnswered, isAnchorTurn } from './anchors/take-answer.ts'
import { begin } from './deliberation/begin.ts'
import { turnHasFailed, turnWasCompleted, turnWasStarted } from './deliberation/take-turn.ts'
import type { Deps } from './ports.ts'

export type SubscriptionDeps = Deps & {
  /** Opens a text that was sealed for its way over the bus; throws where it has been altered. */
  open: (o: { aad: string; sealed: string }) => string
}

/** Everything this service takes from the bus. */
export function buildSubscriptions(deps: SubscriptionDeps): Subscription[] {
  const name = (type: string) => `consensus-orchestrator.${type}`
  const handlers = {
    submitted: name(querySubmitted.type),
    started: name(turnStarted.type),
    completed: name(turnCompleted.type),
    failed: name(turnFailed.type),
    erased: name(userErased.type),
  }
  return [
    on(querySubmitted, { handler: handlers.submitted }, ({ id, data }) =>
      begin(deps, { id, handler: handlers.submitted }, data.query_id),
    ),
    on(turnStarted, { handler: handlers.started }, async ({ id, data }) =>
      isAnchorTurn(data) ? undefined : turnWasStarted(deps, { id, handler: handlers.started }, data),
    ),
    on(turnCompleted, { handler: handlers.completed }, async ({ id, data }) => {
      const aad = `turn|${data.turn_id}|output`
      const output = TurnOutput.safeParse(JSON.parse(deps.open({ aad, sealed: data.sealed_output })))
      const message = { id, handler: handlers.completed }
      return isAnchorTurn(data)
        ? anchorWasAnswered(deps, message, data, output.data)
        : turnWasCompleted(deps, message, data, output.data)
    }),
    on(turnFailed, { handler: handlers.failed }, async ({ id, data }) => {
      const message = { id, handler: handlers.failed }
      return isAnchorTurn(data) ? anchorHasFailed(deps, message, data) : turnHasFailed(deps, message, data)
    }),
    on(userErased, { handler: handlers.erased }, ({ id, data }) =>
      deps.inTransaction((tx) => tx.eraseOwner(data.user_id, { id, handler: handlers.erased })),
    ),
  ]
}
