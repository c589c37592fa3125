import type { CurvePoint } from '../decision/model.ts'
import { fitLogistic, logit, sigmoid, type LogisticPoint } from './logistic.ts'
import { enoughItems } from './track-record.ts'

/** A conclusion that was graded. */
export type GradedConclusion = { posterior: number; right: boolean }

const mostPoints = 20
const fewestInPoint = 15
/** Conclusions imagined in each point, that came out as the smooth curve says. */
const imagined = 10
const least = 0.001

/**
 * What posteriors turned out to be worth: a smooth curve that starts from "what it says", then corrected where there are conclusions enough
 * to see that it is wrong, and never falling. Undefined where fewer than `enough` conclusions have been graded.
 */
export function fitConfidenceCurve(
  conclusions: readonly GradedConclusion[],
  enough = enoughItems,
): CurvePoint[] | undefined {
  if (conclusions.length === 0 || conclusions.length < enough) return undefined
  const groups = grouped(conclusions)
  const points = groups.map(({ posterior, right, wrong }) => ({ x: logit(posterior, least), right, wrong }))
  const smooth = smoothed(points)
  const corrected = groups.map(({ posterior, right, wrong }) => ({
    posterior,
    confidence: (right + imagined * smooth(posterior)) / (right + wrong + imagined),
    weight: right + wrong + imagined,
  }))
  return rising(corrected)
}

type Group = { posterior: number; right: number; wrong: number }

/** Neighbouring posteriors together until there are enough of them; equal ones are never parted. */
function grouped(conclusions: readonly GradedConclusion[]): Group[] {
  const size = Math.max(fewestInPoint, conclusions.length / mostPoints)
  const sorted = conclusions.toSorted((a, b) => a.posterior - b.posterior)
  const groups: Group[] = []
  let sum = 0
  let [right, wrong] = [0, 0]
  for (const [index, conclusion] of sorted.entries()) {
    sum += conclusion.posterior
    if (conclusion.right) right += 1
    else wrong += 1
    const next = sorted[index + 1]
    const isLast = next === undefined
    const left = sorted.length - index - 1
    const isFull =
      right + wrong >= size && !isLast && next.posterior - conclusion.posterior > 1e-6 && left >= fewestInPoint
    if (!isFull && !isLast) continue
    groups.push({ posterior: sum / (right + wrong), right, wrong })
    sum = 0
    right = 0
    wrong = 0
  }
  return groups
}

/** A logistic curve over the log-odds of the posterior, expected to be the posterior itself. */
function smoothed(points: readonly LogisticPoint[]): (posterior: number) => number {
  const total = points.reduce((sum, { right, wrong }) => sum + right + wrong, 0)
  const centre = points.reduce((sum, { x, right, wrong }) => sum + x * (right + wrong), 0) / total
  const expected = sigmoid(centre)
  const { a, b } = fitLogistic(points, { slope: 1, firmness: 4, right: 6 * expected, wrong: 6 * (1 - expected) })
  return (posterior) => sigmoid(a * logit(posterior, least) + b)
}

type Weighted = CurvePoint & { weight: number }

/** Pools neighbours that fall until none does (isotonic regression); every point keeps its place. */
function rising(points: readonly Weighted[]): CurvePoint[] {
  const blocks: { confidence: number; weight: number; posteriors: number[] }[] = []
  for (const { posterior, confidence, weight } of points) {
    let block = { confidence, weight, posteriors: [posterior] }
    for (
      let before = blocks.at(-1);
      before !== undefined && before.confidence >= block.confidence;
      before = blocks.at(-1)
    ) {
      const together = before.weight + block.weight
      block = {
        confidence: (before.confidence * before.weight + block.confidence * block.weight) / together,
        weight: together,
        posteriors: [...before.posteriors, ...block.posteriors],
      }
      blocks.pop()
    }
    blocks.push(block)
  }
  return blocks.flatMap(({ confidence, posteriors }) => posteriors.map((posterior) => ({ posterior, confidence })))
}
