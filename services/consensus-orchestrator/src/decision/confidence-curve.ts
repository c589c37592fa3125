import type { CurvePoint } from './model.ts'

/** What a conclusion of this posterior has turned out to be worth: on straight lines between the points, level beyond them. */
export function confidenceIn(posterior: number, curve: readonly CurvePoint[] = []): number {
  const [first] = curve
  const last = curve.at(-1)
  if (first === undefined || last === undefined) return posterior
  if (posterior <= first.posterior) return first.confidence
  let low = first
  for (const high of curve) {
    if (posterior <= high.posterior) {
      const along = (posterior - low.posterior) / (high.posterior - low.posterior)
      return low.confidence + (high.confidence - low.confidence) * along
    }
    low = high
  }
  return last.confidence
}
