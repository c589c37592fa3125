import { salienceOf } from './agreement-open.ts'
import { atLeast, tolerance } from './compare.ts'
import type { ClosedDecision, Consensus, Decision, OpenDecision } from './model.ts'

type Outcome = Consensus['outcome']

/** What became of the deliberation, in one word. */
export function outcomeOf(decision: Decision): Outcome {
  return decision.form === 'closed' ? ofAnswer(decision) : ofClaims(decision)
}

/** Unanimous is what everybody said from the opening on; those who came round make a consensus. */
function ofAnswer({ winner, stands, agreement, reached, tied }: ClosedDecision): Outcome {
  if (winner === undefined) return 'deadlock'
  if (stands.every(({ opening, latest }) => opening === winner.key && latest === winner.key)) return 'unanimous'
  if (reached) return 'consensus'
  if (tied) return 'deadlock'
  return agreement > 0.5 + tolerance ? 'majority' : 'contested'
}

function ofClaims({ claims, reached }: OpenDecision): Outcome {
  const accepted = claims.filter(({ verdict }) => verdict === 'accepted')
  const dissent = claims.some(({ stands }) =>
    stands.some(({ opening, latest }) => opening === 'disagree' || latest === 'disagree'),
  )
  if (claims.length > 0 && accepted.length === claims.length && !dissent) return 'unanimous'
  if (reached) return 'consensus'
  if (claims.every(({ verdict }) => verdict === 'contested')) return 'deadlock'
  return atLeast(salienceOf(accepted), salienceOf(claims) / 2) ? 'majority' : 'contested'
}
