/** What claims mean, by one embedding model: a whole number for each dimension. */
export type ClaimVector = { model: string; values: Int8Array }

/**
 * Cosine of the angle between two vectors, -1..1; undefined where they cannot be compared: of different models or lengths, or of length zero.
 * Sums of whole numbers are exact, so the order of the two never matters.
 */
export function cosine(a: ClaimVector | undefined, b: ClaimVector | undefined): number | undefined {
  if (a === undefined || b === undefined || a.model !== b.model || a.values.length !== b.values.length) return undefined
  let [product, lengthA, lengthB] = [0, 0, 0]
  for (let at = 0; at < a.values.length; at++) {
    const [value, other] = [a.values[at] ?? 0, b.values[at] ?? 0]
    product += value * other
    lengthA += value * value
    lengthB += other * other
  }
  return lengthA === 0 || lengthB === 0 ? undefined : product / Math.sqrt(lengthA * lengthB)
}
