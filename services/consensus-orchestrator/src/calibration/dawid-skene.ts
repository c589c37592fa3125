import type { GradedCount } from './track-record.ts'

/** What each model of the panel answered, in the panel's order. */
export type AskedQuestion = {
  /** K */
  options: number
  votes: readonly (string | undefined)[]
  /** The right answer where it is known (an anchor); null where it is known that nobody gave it. */
  known?: string | null
  /** How often this very pattern of answers came up; 1 where it is absent. */
  count?: number
}

const priorRight = 4
const priorWrong = 2
const mostRounds = 100
const settled = 1e-6
const [leastAccuracy, mostAccuracy] = [0.01, 0.99]

/**
 * One-coin Dawid–Skene by expectation maximisation: how often each model is right, judged by the others and by what anchors there are. Wrong answers are taken to
 * spread evenly over the other options and models to err independently: a panel whose weak majority errs alike deceives it.
 */
export function accuraciesByAgreement(questions: readonly AskedQuestion[], models: number): number[] {
  let accuracies: readonly number[] | undefined
  for (let round = 0; round < mostRounds; round++) {
    const right = Array.from({ length: models }, () => priorRight)
    const answered = Array.from({ length: models }, () => priorRight + priorWrong)
    for (const question of questions) {
      const shares = question.known === undefined ? answerShares(question, accuracies) : certain(question.known)
      const count = question.count ?? 1
      for (const [index, vote] of question.votes.entries()) {
        if (vote === undefined) continue
        right[index] = (right[index] ?? 0) + count * (shares.get(vote) ?? 0)
        answered[index] = (answered[index] ?? 0) + count
      }
    }
    const next = right.map((sum, index) => sum / (answered[index] ?? 1))
    const moved = Math.max(0, ...next.map((accuracy, index) => Math.abs(accuracy - (accuracies?.[index] ?? 0))))
    accuracies = next
    if (moved < settled) break
  }
  return [...(accuracies ?? [])]
}

function certain(answer: string | null): ReadonlyMap<string, number> {
  return new Map(answer === null ? [] : [[answer, 1]])
}

/** Probability of each answer given, by accuracies; without accuracies its share of the heads. What is missing to 1 is unseen. */
export function answerShares(
  { options, votes }: AskedQuestion,
  accuracies: readonly number[] | undefined,
): ReadonlyMap<string, number> {
  const scores = new Map<string, number>()
  let heads = 0
  for (const [index, vote] of votes.entries()) {
    if (vote === undefined) continue
    heads += 1
    const accuracy = Math.min(mostAccuracy, Math.max(leastAccuracy, accuracies?.[index] ?? 0.5))
    const weight = accuracies === undefined ? 1 : Math.log((accuracy * (Math.max(2, options) - 1)) / (1 - accuracy))
    scores.set(vote, (scores.get(vote) ?? 0) + weight)
  }
  if (accuracies === undefined) return new Map([...scores].map(([key, votesFor]) => [key, votesFor / heads]))
  const highest = Math.max(0, ...scores.values())
  const others = Math.max(0, options - scores.size)
  let sum = others * Math.exp(-highest)
  for (const score of scores.values()) sum += Math.exp(score - highest)
  return new Map([...scores].map(([key, score]) => [key, Math.exp(score - highest) / sum]))
}

/** Grades found by agreement count for a third of those that are known. */
const agreementWeight = 1 / 3

/** The grade of an answer that is right with this probability. */
export function gradeByAgreement(confidence: number | null, share: number): GradedCount {
  return { confidence, right: agreementWeight * share, wrong: agreementWeight * (1 - share) }
}
