import type { Domain } from '@concord/contracts/domains'
import {
  accuraciesByAgreement,
  answerShares,
  gradeByAgreement,
  type AskedQuestion,
} from '../calibration/dawid-skene.ts'
import { keyText } from './model-key.ts'
import type { Grade, GradedLine, PastBallots } from './ports.ts'

export type AgreementGrades = { queryId: string; domain: Domain; grades: readonly Grade[] }

/**
 * Grades past ballots by one-coin Dawid–Skene, each domain by itself, with what is known from anchors. Emulated and real models are graded
 * apart, as if the others had not been asked. Ballots on which fewer than two of a kind answered are given no grades.
 */
export function gradesByAgreement(ballots: readonly PastBallots[], anchors: readonly GradedLine[]): AgreementGrades[] {
  const grades = new Map<string, Grade[]>()
  for (const [domain, own] of Map.groupBy(ballots, (one) => one.domain)) {
    for (const sandbox of [false, true]) {
      const known = anchors.filter((line) => line.domain === domain && line.sandbox === sandbox)
      for (const [queryId, found] of gradedApart(own, known, sandbox))
        grades.set(queryId, [...(grades.get(queryId) ?? []), ...found])
    }
  }
  return ballots.map(({ queryId, domain }) => ({ queryId, domain, grades: grades.get(queryId) ?? [] }))
}

function gradedApart(
  asked: readonly PastBallots[],
  anchors: readonly GradedLine[],
  sandbox: boolean,
): Map<string, Grade[]> {
  const ofKind = asked
    .map((one) => ({ ...one, ballots: one.ballots.filter((ballot) => ballot.sandbox === sandbox) }))
    .filter(({ ballots }) => ballots.filter(({ answer }) => answer !== null).length >= 2)
  const models = [...new Set(ofKind.flatMap(({ ballots }) => ballots.map(keyText)))]
  const questions = ofKind.map(({ options, ballots }): AskedQuestion => {
    const votes = new Map(ballots.map((ballot) => [keyText(ballot), ballot.answer]))
    return { options, votes: models.map((model) => textOf(votes.get(model))) }
  })
  const accuracies = accuraciesByAgreement([...counted(questions), ...knownAnswers(anchors, models)], models.length)
  return new Map(
    ofKind.map(({ queryId, ballots }, index) => {
      const question = questions[index]
      const shares = question === undefined ? new Map<string, number>() : answerShares(question, accuracies)
      return [queryId, ballots.flatMap((ballot) => gradeOf(ballot, shares))]
    }),
  )
}

function gradeOf(ballot: PastBallots['ballots'][number], shares: ReadonlyMap<string, number>): Grade[] {
  const { model, providerModel, sandbox, confidence } = ballot
  const answer = textOf(ballot.answer)
  if (answer === undefined) return []
  const { right, wrong } = gradeByAgreement(null, shares.get(answer) ?? 0)
  return [{ model, providerModel, sandbox, confidence, right, wrong, abstained: 0 }]
}

/** Who agreed with whom is all that counts, and the same pattern comes up often. */
function counted(questions: readonly AskedQuestion[]): AskedQuestion[] {
  const patterns = Map.groupBy(
    questions,
    ({ options, votes }) => `${options} ${votes.map((vote) => vote ?? '').join(' ')}`,
  )
  return [...patterns.values()].flatMap((alike) => (alike[0] ? [{ ...alike[0], count: alike.length }] : []))
}

/** Each answer to an anchor is a question by itself, of which the right answer is known. */
function knownAnswers(anchors: readonly GradedLine[], models: readonly string[]): AskedQuestion[] {
  return anchors.flatMap((line): AskedQuestion[] => {
    const votes = models.map((model) => (model === keyText(line) ? 'given' : undefined))
    if (votes.every((vote) => vote === undefined)) return []
    return [
      { options: 2, votes, known: 'given', count: line.right },
      { options: 2, votes, known: null, count: line.wrong },
    ]
  })
}

function textOf(answer: number | null | undefined): string | undefined {
  return answer === null || answer === undefined ? undefined : String(answer)
}
