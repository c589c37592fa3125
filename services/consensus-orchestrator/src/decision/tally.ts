/** One voter's weight and where it goes. The shares of its options sum to 1, or to less where part of the ballot abstains. */
export type WeightedBallot = {
  family: string
  weight: number
  options: readonly { key: string; share: number }[]
}

export type Tally = {
  /** Weight behind each option, in the order of first mention. */
  scores: ReadonlyMap<string, number>
  /** All that the voters could have put behind one option, abstainers included. */
  budget: number
}

/**
 * A family puts no more behind an option than its strongest supporter would, times the share of the family's own weight that is for it.
 * So siblings that agree count once, siblings that differ split, and another supporter never takes anything from an option. To the
 * extent that siblings have been found to err independently (0..1), each of them counts by itself instead.
 */
export function tally(ballots: readonly WeightedBallot[], independence = 0): Tally {
  const scores = new Map<string, number>()
  const families = Map.groupBy(ballots, ({ family }) => family)
  let budget = 0
  for (const members of families.values()) {
    const [only] = members
    if (members.length === 1 && only !== undefined) {
      budget += only.weight
      for (const { key, share } of only.options) scores.set(key, (scores.get(key) ?? 0) + only.weight * share)
    } else {
      budget += tallyFamily(members, scores, independence)
    }
  }
  return { scores, budget }
}

function tallyFamily(members: readonly WeightedBallot[], scores: Map<string, number>, independence: number): number {
  const behind = new Map<string, { sum: number; strongest: number }>()
  let [voting, budget, all] = [0, 0, 0]
  for (const { weight, options } of members) {
    budget = Math.max(budget, weight)
    all += weight
    if (options.length > 0) voting += weight
    for (const { key, share } of options) {
      const held = behind.get(key) ?? { sum: 0, strongest: 0 }
      behind.set(key, { sum: held.sum + weight * share, strongest: Math.max(held.strongest, weight) })
    }
  }
  for (const [key, { sum, strongest }] of behind) {
    const score = voting === 0 ? 0 : (strongest * sum) / voting
    scores.set(key, (scores.get(key) ?? 0) + between(score, sum, independence))
  }
  return between(budget, all, independence)
}

function between(together: number, apart: number, independence: number): number {
  return together + (apart - together) * independence
}
