/** By code unit, so that every machine sorts alike. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** Sums of logarithms differ in their last digits; this is how near two shares are to be one. */
export const tolerance = 1e-9

/** Falling, and indifferent to differences below the tolerance. */
export function compareShares(a: number, b: number): number {
  return Math.round(b / tolerance) - Math.round(a / tolerance)
}

export function atLeast(share: number, threshold: number): boolean {
  return share >= threshold - tolerance
}
