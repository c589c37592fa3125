import type { AnswerType, Panelist, Reliability } from './model.ts'

/** Beta(4, 2): right two times in three, until graded items say otherwise. */
export const plainPrior: Reliability = { mean: 4 / 6, gradedItems: 0 }

const leastProbability = 0.01
const openValues = 50
const unknownOptions = 4

/** p of a ballot: the stated confidence as calibrated for this model, else its reliability. Never nearer to 0 or 1 than 0.01. */
export function probabilityOf(reliability: Reliability, confidence: number | null): number {
  const { platt, mean } = reliability
  if (platt === undefined || confidence === null) return bounded(mean)
  const stated = bounded(confidence)
  return bounded(1 / (1 + Math.exp(-(platt.a * Math.log(stated / (1 - stated)) + platt.b))))
}

/**
 * w = max(0, ln(p (K − 1) / (1 − p))): how much better than a blind guess among K. Wrong answers that are known to coincide more often
 * than blind ones would, with probability c, speak for less: ln(p / ((1 − p) c)).
 */
export function weightOf(probability: number, options: number, coincidence = 0): number {
  const wrong = (1 - probability) * Math.max(coincidence, 1 / (options - 1))
  return Math.max(0, Math.log(probability / wrong))
}

/** K: the options of a choice, 2 for booleans, 50 for open values; never fewer than the answers given. */
export function optionCount(
  answerType: AnswerType | 'auto',
  choices: readonly string[] | null,
  given: readonly string[],
): number {
  if (answerType === 'boolean') return Math.max(2, given.length)
  if (choices !== null) return Math.max(2, choices.length, given.length)
  if (answerType !== 'choice') return Math.max(openValues, given.length)
  const letters = given.map((key) => (/^[A-Z]$/.test(key) ? key.charCodeAt(0) - 64 : 0))
  return Math.max(unknownOptions, given.length, ...letters)
}

/**
 * As how many equally likely options the K of a question count, where wrong answers coincide with probability c: 1 + 1 / c. What nobody
 * named stays possible, as one option at least.
 */
export function likelyOptions(options: number, given: number, coincidence = 0): number {
  return given >= options ? options : Math.min(options, Math.max(given + 1, 1 + 1 / coincidence))
}

export function medianReliability(panel: readonly Panelist[]): number {
  const means = panel.map(({ reliability }) => reliability.mean).toSorted((a, b) => a - b)
  const middle = means.length / 2
  const upper = means[Math.floor(middle)] ?? 0
  return means.length % 2 === 1 ? upper : ((means[middle - 1] ?? upper) + upper) / 2
}

function bounded(probability: number): number {
  return Math.min(1 - leastProbability, Math.max(leastProbability, probability))
}
