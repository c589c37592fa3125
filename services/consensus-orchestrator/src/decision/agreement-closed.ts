import type { Canonical } from './canonicalise.ts'
import { cluster, type Cluster } from './cluster.ts'
import { atLeast, compareShares, compareText, tolerance } from './compare.ts'
import type { ClosedDecision, Panelist, Position, Settings, Stand, Verdict } from './model.ts'
import { confidenceIn } from './confidence-curve.ts'
import { posterior } from './posterior.ts'
import { tally, type WeightedBallot } from './tally.ts'
import { likelyOptions, optionCount, probabilityOf, weightOf } from './weights.ts'

/** A stand before its answers are matched with those of others. */
export type ClosedStand = Omit<Stand, 'opening' | 'latest'> & {
  panelist: Panelist
  openingForm: Canonical | undefined
  latestForm: Canonical | undefined
}

export type ClosedMeasure = Pick<
  ClosedDecision,
  | 'positions'
  | 'stands'
  | 'winner'
  | 'tied'
  | 'unseen'
  | 'agreement'
  | 'reached'
  | 'confidence'
  | 'overrulesMajority'
  | 'debatable'
>

export const debatableShare = 0.2

/** Where the panel stands on a closed question. */
export function measureClosed(
  held: readonly ClosedStand[],
  settings: Settings,
  answerType: ClosedDecision['answerType'],
): ClosedMeasure {
  const ordered = held.toSorted((a, b) => compareText(a.model, b.model))
  const forms = ordered
    .flatMap(({ openingForm, latestForm }) => [openingForm, latestForm])
    .filter((form) => form !== undefined)
  const clusters = cluster(forms)
  const keys = [...new Set([...clusters.values()].map(({ key }) => key))]
  const options = optionCount(answerType, settings.choices, keys)
  const stands = ordered.map((stand) => matched(stand, clusters))
  const ballots = ordered.map(({ panelist }, index) => ballotOf(stands[index], panelist, options, settings))
  const { scores, budget } = tally(ballots, settings.siblingIndependence)
  const shares = weightShares(keys, stands, scores, budget)
  const { seen, unseen } = posterior(
    keys.map((key) => scores.get(key) ?? 0),
    likelyOptions(options, keys.length, settings.coincidence),
    settings.temperature,
  )
  const answers = new Map([...clusters.values()].map(({ key, answer }) => [key, answer]))
  const unsorted = keys.map((key, index) => ({
    key,
    answer: answers.get(key) ?? key,
    models: stands.filter(({ latest }) => latest === key).map(({ model }) => model),
    posterior: seen[index] ?? 0,
    weightShare: shares.get(key) ?? 0,
  }))
  const ranked = unsorted.toSorted(
    (a, b) =>
      compareShares(a.posterior, b.posterior) ||
      b.models.length - a.models.length ||
      meanConfidence(b.models, stands) - meanConfidence(a.models, stands) ||
      compareText(a.key, b.key),
  )
  const [first, second] = ranked
  const tied = first !== undefined && second !== undefined && first.posterior - second.posterior < tolerance
  const positions = ranked.map((position, index) => ({
    ...position,
    id: `c${index + 1}`,
    verdict: verdictOf(position, index === 0 && !tied, settings.threshold),
  }))
  return { stands, tied, unseen, positions, ...conclusion(positions, shares, tied, settings) }
}

function conclusion(
  positions: readonly Position[],
  shares: ReadonlyMap<string, number>,
  tied: boolean,
  { threshold, confidenceCurve }: Settings,
) {
  const [winner] = positions
  const cast = [...shares.values()].reduce((sum, share) => sum + share, 0)
  const opposing = winner === undefined || cast === 0 ? 0 : 1 - winner.weightShare / cast
  const standing = positions.filter(({ models }) => models.length > 0)
  const isDebatable = standing.length > 1 && (winner?.verdict !== 'accepted' || atLeast(opposing, debatableShare))
  return {
    winner,
    agreement: Math.min(1, winner?.weightShare ?? 0),
    reached: winner !== undefined && !tied && atLeast(winner.posterior, threshold),
    confidence: winner === undefined ? 0 : confidenceIn(winner.posterior, confidenceCurve),
    overrulesMajority: positions.some(({ models }) => models.length > (winner?.models.length ?? 0)),
    debatable: isDebatable ? standing.map(({ id }) => id) : [],
  }
}

function matched(stand: ClosedStand, clusters: ReadonlyMap<string, Cluster>): Stand {
  const { model, latestShare, confidence, reason, changedInRound } = stand
  const keyOf = (form: Canonical | undefined) =>
    form === undefined ? undefined : (clusters.get(form.key)?.key ?? form.key)
  return {
    model,
    opening: keyOf(stand.openingForm),
    latest: keyOf(stand.latestForm),
    latestShare,
    confidence,
    reason,
    changedInRound,
  }
}

function ballotOf(
  stand: Stand | undefined,
  { family, reliability }: Panelist,
  options: number,
  { coincidence, influence }: Settings,
): WeightedBallot {
  const alone = weightOf(probabilityOf(reliability, stand?.confidence ?? null), options, coincidence)
  const weight = alone * (influence !== undefined && Object.hasOwn(influence, family) ? (influence[family] ?? 1) : 1)
  return { family, weight, options: stand === undefined ? [] : sharesOf(stand) }
}

/** Half the opening, half the latest stand; a change that was not earned moves only half of its half. */
export function sharesOf({ opening, latest, latestShare }: Stand): { key: string; share: number }[] {
  if (opening === latest) return opening === undefined ? [] : [{ key: opening, share: 1 }]
  const shares: { key: string; share: number }[] = []
  if (opening !== undefined) shares.push({ key: opening, share: 1 - latestShare })
  if (latest !== undefined) shares.push({ key: latest, share: latestShare })
  return shares
}

/** Of the weight; of the heads where nobody has any weight. */
function weightShares(
  keys: readonly string[],
  stands: readonly Stand[],
  scores: ReadonlyMap<string, number>,
  budget: number,
): ReadonlyMap<string, number> {
  if (budget > 0) return new Map(keys.map((key) => [key, (scores.get(key) ?? 0) / budget]))
  const heads = new Map<string, number>()
  for (const stand of stands)
    for (const { key, share } of sharesOf(stand)) heads.set(key, (heads.get(key) ?? 0) + share)
  return new Map(keys.map((key) => [key, (heads.get(key) ?? 0) / stands.length]))
}

/** What the whole panel says with one voice is accepted, however little the panel weighs. */
function verdictOf(
  { posterior: share, weightShare }: Pick<Position, 'posterior' | 'weightShare'>,
  leads: boolean,
  threshold: number,
): Verdict {
  if (leads && (atLeast(share, threshold) || atLeast(weightShare, 1))) return 'accepted'
  return share < 1 - threshold - tolerance ? 'rejected' : 'contested'
}

function meanConfidence(models: readonly string[], stands: readonly Stand[]): number {
  const stated = stands.filter(({ model }) => models.includes(model)).map(({ confidence }) => confidence ?? 0)
  return stated.length === 0 ? 0 : stated.reduce((sum, confidence) => sum + confidence, 0) / stated.length
}
