import { compareText } from './compare.ts'
import { gatherDocket } from './docket.ts'
import { languageOf } from './language.ts'
import type { ClosedDecision, Decision, Deliberation, OpenDecision, Stand, SynthesisBrief } from './model.ts'
import { peerText } from './peer-text.ts'
import { phrases } from './phrases.ts'
import { bestHolder } from './readings.ts'

const mostReasons = 6
const longestReason = 400

/**
 * What the writers compose from. Without an accepted claim there is nothing to compose, and no writer is named: the extractive summary
 * says what the panel did not agree on.
 */
export function synthesisBrief(deliberation: Deliberation, decision: Decision): SynthesisBrief {
  const claims =
    decision.form === 'open' ? acceptedClaims(deliberation, decision) : answerAndReasons(deliberation, decision)
  const answer = decision.form === 'open' ? null : (decision.winner?.answer ?? null)
  const refuted =
    decision.form === 'open'
      ? []
      : decision.positions.map((position) => position.answer).filter((one) => one !== answer)
  const writers = claims.length === 0 ? [] : writersFor(deliberation, decision)
  return { writers, answer, claims, refuted, question: deliberation.question }
}

function acceptedClaims({ question }: Deliberation, { claims }: OpenDecision): SynthesisBrief['claims'] {
  return claims
    .filter(({ verdict }) => verdict === 'accepted')
    .map(({ id, text }) => ({ id, text: peerText(text, question) }))
    .filter(({ text }) => text !== '')
}

function answerAndReasons(deliberation: Deliberation, decision: ClosedDecision): SynthesisBrief['claims'] {
  const { winner, positions } = decision
  if (winner === undefined || winner.verdict !== 'accepted') return []
  const { answerIs } = phrases[languageOf(deliberation.settings, deliberation.question)]
  const reasons = bestReasons(deliberation, decision)
  return [winner.answer, ...reasons].map((text, index) => ({
    id: index === 0 ? winner.id : `c${positions.length + index}`,
    text: index === 0 ? answerIs(text) : text,
  }))
}

/** Claims of those who hold the winning answer; the opening reasons of the best of them where they made none. */
function bestReasons({ openings, question }: Deliberation, { winner, stands, voters }: ClosedDecision): string[] {
  if (winner === undefined) return []
  const steadfast = stands.filter(({ opening, latest }) => opening === winner.key && latest === winner.key)
  const theirs = openings.filter(
    ({ model, answer }) => answer.claims.length > 0 && steadfast.some((stand) => stand.model === model),
  )
  const claimed = gatherDocket(theirs).map(({ text }) => text)
  const argued = openingReasons(openings, bestHolder(winner.key, stands, voters))
  return (claimed.length > 0 ? claimed : argued)
    .map((reason) => peerText(reason, question).trim().slice(0, longestReason))
    .filter((reason) => reason !== '' && reason !== winner.answer)
    .slice(0, mostReasons)
}

/** Why it was so from the beginning: what is said in a debate answers others, and reads oddly alone. */
function openingReasons(openings: Deliberation['openings'], holder: Stand | undefined): string[] {
  if (holder === undefined) return []
  const own = openings.find(({ model }) => model === holder.model)?.answer.reasoning ?? []
  return holder.opening === holder.latest && own.length > 0 ? own : holder.reason.split('\n')
}

function writersFor({ panel }: Deliberation, decision: Decision): string[] {
  const top = topVoted(decision)
  const order = panel.map(({ model }) => model)
  const byTrust = decision.voters.toSorted(
    (a, b) => b.reliability.mean - a.reliability.mean || order.indexOf(a.model) - order.indexOf(b.model),
  )
  const others = byTrust.map(({ model }) => model).filter((model) => model !== top)
  return top === undefined ? others : [...others, top]
}

/** Whose word the conclusion follows most: such a model would judge its own text. */
function topVoted(decision: Decision): string | undefined {
  if (decision.form === 'closed') {
    return decision.winner === undefined
      ? undefined
      : bestHolder(decision.winner.key, decision.stands, decision.voters)?.model
  }
  const carried = new Map(decision.voters.map(({ model }) => [model, 0]))
  for (const { verdict, salience, authors } of decision.claims) {
    for (const { model } of verdict === 'accepted' ? authors : [])
      carried.set(model, (carried.get(model) ?? 0) + salience)
  }
  return [...carried].toSorted(([a, sumA], [b, sumB]) => sumB - sumA || compareText(a, b))[0]?.[0]
}
