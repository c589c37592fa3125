import type { Conclusion } from './conclusion.ts'

/** What a rule achieved on a set of questions, in sums. */
export type Scores = {
  questions: number
  right: number
  squares: number
  calls: number
  contested: number
  bins: readonly Bin[]
  /** Questions on which it was right and the majority was not. */
  gained: number
  /** Questions on which the majority was right and it was not. */
  lost: number
}

/** Conclusions of nearly the same confidence. */
export type Bin = { count: number; confidence: number; right: number }

const binCount = 10

export function noScores(): Scores {
  const bins = Array.from({ length: binCount }, () => ({ count: 0, confidence: 0, right: 0 }))
  return { questions: 0, right: 0, squares: 0, calls: 0, contested: 0, bins, gained: 0, lost: 0 }
}

/** `plain` is what the majority made of the same question, where it was asked. */
export function addTo(scores: Scores, { right, confidence, calls, contested }: Conclusion, plain?: Conclusion): void {
  const outcome = right ? 1 : 0
  scores.questions += 1
  scores.right += outcome
  scores.squares += (confidence - outcome) ** 2
  scores.calls += calls
  scores.contested += contested ? 1 : 0
  if (plain !== undefined && right !== plain.right) scores[right ? 'gained' : 'lost'] += 1
  const bin = scores.bins[Math.min(binCount - 1, Math.floor(confidence * binCount))]
  if (bin === undefined) return
  bin.count += 1
  bin.confidence += confidence
  bin.right += outcome
}

/** Expected calibration error: how far confidence and success are apart, bin by bin, weighted by the conclusions in them. */
export function calibrationError({ bins, questions }: Scores): number {
  return bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0) / Math.max(1, questions)
}
