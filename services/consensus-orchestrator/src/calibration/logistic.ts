/** Outcomes seen at one value of the predictor, counted; fractions are allowed. */
export type LogisticPoint = { x: number; right: number; wrong: number }

export type LogisticPrior = {
  /** The slope expected before any data, and how firmly: the inverse of its variance. */
  slope: number
  firmness: number
  /** Outcomes imagined at the mean of the data, for each of which one real outcome is as good. */
  right: number
  wrong: number
}

/** p = sigmoid(a · x + b). */
export type Logistic = { a: number; b: number }

const mostSteps = 50
const precise = 1e-8

/**
 * Penalised maximum likelihood, by Newton's method. The slope is never below 0: a predictor that seems to work the wrong way round is
 * taken to say nothing. Centred at the mean of the data, so that the slope's prior says nothing of the level.
 */
export function fitLogistic(points: readonly LogisticPoint[], prior: LogisticPrior): Logistic {
  const total = points.reduce((sum, { right, wrong }) => sum + right + wrong, 0)
  const centre = total === 0 ? 0 : points.reduce((sum, { x, right, wrong }) => sum + x * (right + wrong), 0) / total
  const imagined = { x: centre, right: prior.right, wrong: prior.wrong }
  const data = [...points, imagined].map(({ x, right, wrong }) => ({ z: x - centre, right, wrong }))
  const right = data.reduce((sum, point) => sum + point.right, 0)
  const level = Math.log(right / (total + prior.right + prior.wrong - right))
  let held = { slope: prior.slope, level, loss: lossOf(data, prior, prior.slope, level) }
  for (let step = 0; step < mostSteps; step++) {
    const next = improved(data, prior, held)
    const gain = held.loss - next.loss
    held = next
    if (gain < precise) break
  }
  const { slope, level: fitted } = held.slope < 0 ? { slope: 0, level } : held
  return { a: slope, b: fitted - slope * centre }
}

type Datum = { z: number; right: number; wrong: number }
type Fit = { slope: number; level: number; loss: number }

function lossOf(data: readonly Datum[], { slope: expected, firmness }: LogisticPrior, slope: number, level: number) {
  let loss = (firmness / 2) * (slope - expected) ** 2
  for (const { z, right, wrong } of data) {
    const u = slope * z + level
    loss += right * softplus(-u) + wrong * softplus(u)
  }
  return loss
}

/** One Newton step, halved until it does not lead uphill. */
function improved(data: readonly Datum[], prior: LogisticPrior, { slope, level, loss }: Fit): Fit {
  let [gradSlope, gradLevel] = [prior.firmness * (slope - prior.slope), 0]
  let [hessSlope, hessLevel, hessBoth] = [prior.firmness, 0, 0]
  for (const { z, right, wrong } of data) {
    const p = sigmoid(slope * z + level)
    const excess = (right + wrong) * p - right
    const spread = (right + wrong) * p * (1 - p)
    gradSlope += excess * z
    gradLevel += excess
    hessSlope += spread * z * z
    hessLevel += spread
    hessBoth += spread * z
  }
  const determinant = hessSlope * hessLevel - hessBoth * hessBoth
  if (!(determinant > 1e-12)) return { slope, level, loss }
  const moveSlope = (hessLevel * gradSlope - hessBoth * gradLevel) / determinant
  const moveLevel = (hessSlope * gradLevel - hessBoth * gradSlope) / determinant
  for (let share = 1; share > 1e-6; share /= 2) {
    const next = { slope: slope - share * moveSlope, level: level - share * moveLevel }
    const nextLoss = lossOf(data, prior, next.slope, next.level)
    if (nextLoss <= loss) return { ...next, loss: nextLoss }
  }
  return { slope, level, loss }
}

export function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x))
}

export function logit(probability: number, least = 0.01): number {
  const bounded = Math.min(1 - least, Math.max(least, probability))
  return Math.log(bounded / (1 - bounded))
}

function softplus(x: number): number {
  return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)))
}
