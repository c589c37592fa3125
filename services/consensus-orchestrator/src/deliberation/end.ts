import { conclude } from '../decision/conclude.ts'
import { decide } from '../decision/decide.ts'
import { pastBallots } from '../learning/past-ballots.ts'
import type { Changes } from '../ports.ts'
import { cancelledResults, completedResults, failedResults, modelsFailed } from '../queries/results.ts'
import type { Draft } from './draft.ts'
import { dropTurns, setQuery, tell } from './draft.ts'
import { toDeliberation } from './to-deliberation.ts'

/** `written` is the writer's text, null where there is none to be had. */
export function complete(draft: Draft, written: string | null): void {
  const deliberation = toDeliberation(draft.query, draft.turns)
  const consensus = conclude(deliberation, written)
  const decision = decide(deliberation)
  const { answerType } = decision
  const { outcome, confidence, answer } = consensus
  const ballots = decision.form === 'closed' ? pastBallots(draft.query, draft.turns, decision) : undefined
  if (ballots !== undefined) draft.changes.ballots = ballots
  setQuery(draft, { ...ended(draft), status: 'completed', answerType, outcome, confidence, answer })
  tell(draft, { type: 'query_completed', data: completedResults(draft.query, draft.turns, consensus, answerType) })
}

export function fail(draft: Draft, code: string, detail: string): void {
  setQuery(draft, { ...ended(draft), status: 'failed' })
  tell(draft, { type: 'query_failed', data: failedResults(draft.query, draft.turns, { code, detail }) })
}

export function cancel(draft: Draft): void {
  dropTurns(draft, 'cancelled', 'cancelled')
  setQuery(draft, { ...ended(draft), status: 'cancelled' })
  tell(draft, { type: 'query_cancelled', data: cancelledResults(draft.query, draft.turns) })
}

function ended({ now, turns }: Draft): Changes['query'] {
  return {
    stage: 'done',
    completedAt: now,
    stageDeadlineAt: null,
    stageStartedAt: now,
    degraded: modelsFailed(turns).length > 0,
  }
}
