/** A question with a known answer: what each family of the panel puts behind each option that was named. */
export type FamilyScores = {
  /** By option, then by family; 0 where the family is not for it. */
  scores: readonly (readonly number[])[]
  /** The place of the right answer; -1 where nobody gave it. */
  truth: number
  /** Likely options that nobody named. */
  unseen: number
}

/** Influence is expected at 1, with a standard deviation of 0.14: some hundreds of questions have to speak for another one. */
const firmness = 50
const most = 3
const mostSteps = 60
const damping = 0.5
const settled = 1e-4

/**
 * How much the weight of each family is worth in the company of the others: weights from each model's own record take errors to be independent,
 * and families that err with the others, or where the others err, tell less or more than that. Penalised maximum likelihood of the right
 * answers in a conditional logit, by damped Newton steps along each axis; the problem is convex. Never below 0.
 */
export function fitInfluence(questions: readonly FamilyScores[], families: number, temperature: number): number[] {
  const contested = questions.filter(({ scores, unseen }) => scores.length + unseen > 1)
  let influence: readonly number[] = Array.from({ length: families }, () => 1)
  for (let step = 0; step < mostSteps; step++) {
    const { slopes, curvatures } = slopesAt(contested, influence, temperature)
    const next = influence.map((value, family) => {
      const slope = (slopes[family] ?? 0) - firmness * (value - 1)
      return Math.min(most, Math.max(0, value + (damping * slope) / ((curvatures[family] ?? 0) + firmness)))
    })
    const moved = Math.max(0, ...next.map((value, family) => Math.abs(value - (influence[family] ?? 0))))
    influence = next
    if (moved < settled) break
  }
  return [...influence]
}

/** First and, negated, second derivatives of the log-likelihood. */
function slopesAt(questions: readonly FamilyScores[], influence: readonly number[], temperature: number) {
  const slopes = influence.map(() => 0)
  const curvatures = influence.map(() => 0)
  for (const { scores, truth, unseen } of questions) {
    const shares = sharesOf(scores, unseen, influence, temperature)
    for (let family = 0; family < influence.length; family++) {
      let [mean, square] = [0, 0]
      for (const [option, behind] of scores.entries()) {
        const score = (behind[family] ?? 0) / temperature
        const share = shares[option] ?? 0
        mean += share * score
        square += share * score * score
      }
      const actual = (scores[truth]?.[family] ?? 0) / temperature
      slopes[family] = (slopes[family] ?? 0) + actual - mean
      curvatures[family] = (curvatures[family] ?? 0) + square - mean * mean
    }
  }
  return { slopes, curvatures }
}

function sharesOf(
  scores: FamilyScores['scores'],
  unseen: number,
  influence: readonly number[],
  temperature: number,
): number[] {
  const totals = scores.map((behind) => {
    let total = 0
    for (let family = 0; family < influence.length; family++) total += (behind[family] ?? 0) * (influence[family] ?? 1)
    return total / temperature
  })
  const highest = Math.max(0, ...totals)
  const weights = totals.map((total) => Math.exp(total - highest))
  const sum = weights.reduce((all, weight) => all + weight, unseen * Math.exp(-highest))
  return weights.map((weight) => weight / sum)
}
