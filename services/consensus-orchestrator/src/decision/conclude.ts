import { checkSentences } from './check-sentences.ts'
import { decide } from './decide.ts'
import { extractSummary } from './extract-summary.ts'
import { languageOf } from './language.ts'
import { minorityReport } from './minority-report.ts'
import type { ClaimState, ClosedDecision, Consensus, Decision, Deliberation, Position, Stand } from './model.ts'
import { outcomeOf } from './outcome.ts'
import { phrases } from './phrases.ts'
import { synthesisBrief } from './synthesis-brief.ts'

type Claim = Consensus['claims'][number]

const longestReason = 1_000

/** The result of a deliberation. `written` is a writer's raw text; null where no writer was left, or none was needed. */
export function conclude(deliberation: Deliberation, written: string | null): Consensus {
  const decision = decide(deliberation)
  const language = languageOf(deliberation.settings, deliberation.question)
  const checked = written === null ? undefined : checkSentences(written, synthesisBrief(deliberation, decision))
  return {
    summary: checked?.sufficient === true ? checked.summary : extractSummary(deliberation, decision),
    answer: decision.form === 'closed' ? (decision.winner?.answer ?? null) : null,
    confidence: share(decision.confidence),
    agreement: share(decision.agreement),
    reached: decision.reached,
    outcome: outcomeOf(decision),
    overrules_majority: decision.overrulesMajority,
    rounds_used: decision.round,
    convergence_points: convergence(decision, phrases[language].answerIs),
    divergence_points: divergence(decision),
    claims: claimsOf(decision),
    changes: decision.changes.map(({ errorQuoted, ...change }) => ({ ...change, error_quoted: errorQuoted })),
    minority_report: minorityReport(decision, language),
  }
}

/** Four decimals: more would only show how logarithms are rounded. */
export function share(value: number): number {
  return Math.min(1, Math.max(0, Math.round(value * 10_000) / 10_000))
}

function convergence(decision: Decision, answerIs: (answer: string) => string): string[] {
  if (decision.form === 'open')
    return decision.claims.filter(({ verdict }) => verdict === 'accepted').map(({ text }) => text)
  const { winner } = decision
  return winner?.verdict === 'accepted' ? [answerIs(winner.answer)] : []
}

function divergence(decision: Decision): string[] {
  if (decision.form === 'open')
    return decision.claims.filter(({ verdict }) => verdict === 'contested').map(({ text }) => text)
  return decision.positions
    .filter(({ verdict, models }) => verdict !== 'accepted' && models.length > 0)
    .map(({ answer, models }) => `${answer} (${models.join(', ')})`)
}

function claimsOf(decision: Decision): Claim[] {
  if (decision.form === 'open') return decision.claims.map((claim) => votedClaim(claim))
  return decision.positions.map((position) => answerAsClaim(position, decision))
}

function votedClaim({ id, text, posterior, verdict, stands }: ClaimState): Claim {
  const votes = stands.map((stand) =>
    vote(stand, stand.latest === 'agree' ? 'agree' : stand.latest === 'disagree' ? 'disagree' : 'abstain'),
  )
  return { id, text, support: share(posterior), verdict, votes }
}

function answerAsClaim({ id, key, answer, posterior, verdict }: Position, { stands }: ClosedDecision): Claim {
  const votes = stands.map((stand) => {
    const side = stand.latest === key ? 'agree' : stand.latest === undefined ? 'abstain' : 'disagree'
    const concerned = stand.opening === key || stand.latest === key
    return vote(
      {
        ...stand,
        reason: side === 'agree' ? stand.reason : '',
        changedInRound: concerned ? stand.changedInRound : null,
      },
      side,
    )
  })
  return { id, text: answer, support: share(posterior), verdict, votes }
}

/** A confidence stated before a change of mind says nothing of the new one, and one stated in a debate is not to be trusted. */
function vote(
  { model, confidence, reason, changedInRound }: Stand,
  side: Claim['votes'][number]['vote'],
): Claim['votes'][number] {
  return {
    model,
    vote: side,
    confidence: changedInRound === null ? confidence : null,
    reason: reason.slice(0, longestReason),
    changed_in_round: changedInRound,
  }
}
