import type { GiveFeedback } from '@concord/contracts/feedback'
import { canonicalise, type AnswerContext, type Canonical } from '../decision/canonicalise.ts'
import { decide } from '../decision/decide.ts'
import type { ClosedDecision, Deliberation, OpenDecision } from '../decision/model.ts'
import { toDeliberation } from '../deliberation/to-deliberation.ts'
import type { Query, ReadTurn } from '../ports.ts'
import { impossible } from '../submission/resolve-settings.ts'
import { inPerCent } from './model-key.ts'
import { keyOfEntry } from './past-ballots.ts'
import { answerKeys } from './same-answer.ts'
import type { Grade } from './ports.ts'

/** `correct` is null where the feedback says nothing of the model; `grade` undefined where there is nothing to be counted. */
export type GradedModel = { model: string; correct: boolean | null; grade: Grade | undefined }

/** What part of one answer was right and what part wrong; undefined where the feedback says nothing of it. */
type Verdict = { right: number; wrong: number; abstained?: number } | undefined

/**
 * What feedback on a query's answer says of each model's own opening, in the order of the panel. Throws a 422 for an expected answer that
 * cannot be one, or that is the very answer called wrong.
 */
export function gradeAnswers(query: Query, turns: readonly ReadTurn[], feedback: GiveFeedback): GradedModel[] {
  const deliberation = toDeliberation(query, turns)
  const decision = decide(deliberation)
  const verdicts =
    decision.form === 'open'
      ? verdictsOnClaims(decision, feedback.correct)
      : verdictsOnAnswer(deliberation, decision, feedback)
  return query.panel.map(({ name }) => {
    const verdict = verdicts.get(name)
    const key = keyOfEntry(query.panel, turns, name)
    const stated = deliberation.openings.find(({ model }) => model === name)?.answer.confidence ?? null
    const grade =
      verdict === undefined || key === undefined
        ? undefined
        : { ...key, confidence: inPerCent(stated), abstained: 0, ...verdict }
    return { model: name, correct: asWhole(verdict), grade }
  })
}

function asWhole(verdict: Verdict): boolean | null {
  if (verdict === undefined || verdict.right + verdict.wrong === 0) return null
  return verdict.right >= verdict.wrong
}

/** An answer that is called wrong, and nothing else, says nothing of those who gave another. */
function verdictsOnAnswer(
  deliberation: Deliberation,
  { stands, winner, answerType }: ClosedDecision,
  { correct, expected_answer: expected }: GiveFeedback,
): Map<string, Verdict> {
  const context = { ...deliberation.settings, answerType }
  const given = new Map(
    deliberation.openings.map(({ model, answer }) => [model, canonicalise(answer.final, context)] as const),
  )
  const known = [...given.values()]
  const isExpected = expected === undefined ? undefined : matcher(readExpected(expected, context, known), known)
  if (isExpected && winner !== undefined && isExpected(canonicalise(winner.answer, context)) !== correct)
    throw impossible(
      '#/expected_answer',
      correct ? 'that is not the answer which is called right' : 'that is the answer the council gave',
    )
  const isRight = correct ? undefined : isExpected
  return new Map(
    stands.map(({ model, opening }): [string, Verdict] => {
      if (opening === undefined) return [model, { right: 0, wrong: 0, abstained: 1 }]
      if (isRight) return [model, verdict(isRight(given.get(model)))]
      if (correct) return [model, winner && verdict(opening === winner.key)]
      return [model, opening === winner?.key ? verdict(false) : undefined]
    }),
  )
}

function verdict(right: boolean): { right: number; wrong: number } {
  return right ? { right: 1, wrong: 0 } : { right: 0, wrong: 1 }
}

/** Throws a 422 for what no answer to this question could be: text for a number, or neither yes nor no, unless a model said such a thing. */
function readExpected(expected: string, context: AnswerContext, given: readonly (Canonical | undefined)[]): Canonical {
  const form = canonicalise(expected, context)
  if (form === undefined) throw impossible('#/expected_answer', 'no answer can be read from it')
  if (form.key.startsWith('other: ')) throw impossible('#/expected_answer', 'that is none of the choices')
  const saidLikewise = given.some((one) => one?.kind === form.kind)
  if (context.answerType === 'boolean' && form.kind !== 'boolean' && !saidLikewise)
    throw impossible('#/expected_answer', 'expected yes or no')
  if (context.answerType === 'number' && form.kind === 'text' && !saidLikewise)
    throw impossible('#/expected_answer', 'expected a number')
  return form
}

/** Whether an answer is the expected one, read as the decision reads answers. */
function matcher(
  expected: Canonical,
  given: readonly (Canonical | undefined)[],
): (form: Canonical | undefined) => boolean {
  const keyOf = answerKeys([expected, ...given])
  return (form) => form !== undefined && keyOf(form) === keyOf(expected)
}

/**
 * An open answer is judged as a whole, while models have voted on its claims: where it was right a model is as right as the share of the
 * accepted claims, by salience, that it was for; where it was wrong those are wrong who were for it, as far as they were.
 */
function verdictsOnClaims({ claims, voters }: OpenDecision, correct: boolean): Map<string, Verdict> {
  const accepted = claims.filter((claim) => claim.verdict === 'accepted')
  return new Map(
    voters.map(({ model }): [string, Verdict] => {
      let [agreed, voted] = [0, 0]
      for (const { salience, stands } of accepted) {
        const stand = stands.find((one) => one.model === model)?.opening
        if (stand === undefined) continue
        voted += salience
        if (stand === 'agree') agreed += salience
      }
      if (voted === 0) return [model, undefined]
      const share = agreed / voted
      if (correct) return [model, { right: share, wrong: 1 - share }]
      return [model, share === 0 ? undefined : { right: 0, wrong: share }]
    }),
  )
}
