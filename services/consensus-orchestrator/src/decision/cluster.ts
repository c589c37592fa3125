import type { Canonical } from './canonicalise.ts'

export type Cluster = { key: string; answer: string }

/**
 * Which answers are one: by key, and a bare number joins the only answer that has the same number with a unit, a currency or a per cent
 * sign (`18` and `$18`). Gives, for each key, the key of its cluster and the spelling most used in it.
 */
export function cluster(answers: readonly Canonical[]): ReadonlyMap<string, Cluster> {
  const joined = joinBareNumbers(answers)
  const spellings = new Map<string, Map<string, number>>()
  for (const { key, answer } of answers) {
    const home = joined.get(key) ?? key
    const counts = spellings.get(home) ?? new Map<string, number>()
    spellings.set(home, counts.set(answer, (counts.get(answer) ?? 0) + 1))
  }
  const clusters = new Map<string, Cluster>()
  for (const { key } of answers) {
    const home = joined.get(key) ?? key
    clusters.set(key, { key: home, answer: mostUsed(spellings.get(home)) ?? key })
  }
  return clusters
}

function joinBareNumbers(answers: readonly Canonical[]): ReadonlyMap<string, string> {
  const joined = new Map<string, string>()
  const qualified = new Map<string, Set<string>>()
  for (const { key, magnitude } of answers) {
    if (magnitude !== undefined) qualified.set(magnitude, (qualified.get(magnitude) ?? new Set()).add(key))
  }
  if (qualified.size === 0) return joined
  const taken = new Set(answers.filter(({ magnitude }) => magnitude !== undefined).map(({ key }) => key))
  for (const { key, kind } of answers) {
    const [home, ...others] = qualified.get(key) ?? []
    if (kind === 'number' && !taken.has(key) && home !== undefined && others.length === 0) joined.set(key, home)
  }
  return joined
}

function mostUsed(counts: ReadonlyMap<string, number> | undefined): string | undefined {
  return [...(counts ?? [])].toSorted(
    ([a, countA], [b, countB]) => countB - countA || a.length - b.length || (a < b ? -1 : 1),
  )[0]?.[0]
}
