/** The name that was most likely meant: one that holds the other, or shares most pairs of letters with it (Dice's coefficient). */
export function nearestTo(name: string, known: readonly string[]): string | undefined {
  const scored = known.map((candidate) => ({ candidate, likeness: likenessOf(plain(name), plain(candidate)) }))
  const [best] = scored.toSorted((a, b) => b.likeness - a.likeness || (a.candidate < b.candidate ? -1 : 1))
  return best !== undefined && best.likeness >= leastLikeness ? best.candidate : undefined
}

const leastLikeness = 0.5

function likenessOf(a: string, b: string): number {
  if (a === b) return 1
  if (a.length > 1 && b.length > 1 && (a.includes(b) || b.includes(a))) return 0.9
  const [pairsOfA, pairsOfB] = [pairsOf(a), pairsOf(b)]
  const shared = [...pairsOfA].filter((pair) => pairsOfB.has(pair)).length
  return (2 * shared) / Math.max(1, pairsOfA.size + pairsOfB.size)
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
}

function pairsOf(text: string): Set<string> {
  return new Set(Array.from({ length: Math.max(0, text.length - 1) }, (_, at) => text.slice(at, at + 2)))
}
