import type { ClosedStand } from './agreement-closed.ts'
import { canonicalise, type AnswerContext, type Canonical } from './canonicalise.ts'
import { argumentAfter, fullShare, judgeChange } from './debate-guard.ts'
import type { ChangeOfMind, ClosedDecision, DebateBallot, Opening, Panelist, Reading } from './model.ts'

/** The stands with which a closed question begins. */
export function openingStands(
  voters: readonly Panelist[],
  openings: readonly Opening[],
  context: AnswerContext,
): ClosedStand[] {
  return voters.flatMap((panelist) => {
    const answer = openings.find(({ model }) => model === panelist.model)?.answer
    if (answer === undefined) return []
    const form = canonicalise(answer.final, context)
    return {
      panelist,
      model: panelist.model,
      openingForm: form,
      latestForm: form,
      latestShare: fullShare,
      confidence: answer.confidence,
      reason: answer.reasoning.join('\n') || answer.claims.map(({ text }) => text).join('\n') || (answer.final ?? ''),
      changedInRound: null,
    }
  })
}

/** The stands after a round's replies. A reply of a model that read nothing is not counted. */
export function debateClosed(
  held: readonly ClosedStand[],
  decision: ClosedDecision,
  readings: readonly Reading[],
  replies: readonly DebateBallot[],
  context: AnswerContext,
): { stands: ClosedStand[]; changes: ChangeOfMind[] } {
  const changes: ChangeOfMind[] = []
  const stands = held.map((stand) => {
    const [topic] = readings.find(({ model }) => model === stand.model)?.topics ?? []
    const reply = replies.find(({ model }) => model === stand.model)
    if (topic === undefined || reply === undefined) return stand
    const form = reply.reply.stance === 'change' ? canonicalise(reply.reply.final, context) : undefined
    if (form === undefined || isSame(form, stand, decision)) {
      return { ...stand, reason: argumentAfter(stand.reason, reply.reply.reason, false) }
    }
    const to = positionOf(form, decision)
    const from = decision.positions.find(({ models }) => models.includes(stand.model))
    const { latestShare, errorQuoted } = judgeChange(topic, reply.reply.error_quoted, to?.answer ?? form.answer)
    const {
      round,
      reply: { reason },
    } = reply
    changes.push({
      model: stand.model,
      round,
      claim: null,
      from: from?.answer ?? '',
      to: to?.answer ?? form.answer,
      errorQuoted,
      reason,
    })
    return {
      ...stand,
      latestForm: form,
      latestShare,
      reason: argumentAfter(stand.reason, reason, true),
      changedInRound: round,
    }
  })
  return { stands, changes }
}

function isSame(form: Canonical, stand: ClosedStand, decision: ClosedDecision): boolean {
  if (form.key === stand.latestForm?.key) return true
  const current = decision.stands.find(({ model }) => model === stand.model)?.latest
  return current !== undefined && positionOf(form, decision)?.key === current
}

function positionOf(form: Canonical, { positions }: ClosedDecision) {
  return positions.find(({ key }) => key === form.key) ?? positions.find(({ answer }) => answer === form.answer)
}
