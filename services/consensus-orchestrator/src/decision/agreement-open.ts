import { debatableShare, sharesOf } from './agreement-closed.ts'
import { atLeast, compareText, tolerance } from './compare.ts'
import { confidenceIn } from './confidence-curve.ts'
import type { ClaimState, DocketClaim, OpenDecision, Panelist, Settings, Stand, Verdict } from './model.ts'
import { posterior } from './posterior.ts'
import { tally } from './tally.ts'
import { probabilityOf, weightOf } from './weights.ts'

export type OpenMeasure = Pick<
  OpenDecision,
  'claims' | 'agreement' | 'reached' | 'confidence' | 'overrulesMajority' | 'debatable'
>

const leastSalience = 0.01

/** Where the panel stands on the claims of an open question. `stands` holds every voter's stand for each claim's id. */
export function measureOpen(
  docket: readonly DocketClaim[],
  stands: ReadonlyMap<string, readonly Stand[]>,
  voters: readonly Panelist[],
  settings: Settings,
): OpenMeasure {
  const panel = new Map(voters.map((voter) => [voter.model, voter]))
  const claims = docket.map((claim) => measureClaim(claim, stands.get(claim.id) ?? [], panel, settings))
  const all = salienceOf(claims)
  const accepted = claims.filter(({ verdict }) => verdict === 'accepted')
  const settled = claims.filter(({ verdict }) => verdict !== 'contested')
  const strictly = claims.filter((claim) => atLeast(claim.posterior, settings.threshold))
  return {
    claims,
    agreement: all === 0 ? 0 : salienceOf(settled) / all,
    reached: all > 0 && atLeast(salienceOf(strictly) / all, settings.threshold),
    confidence: confidenceOf(accepted, claims, settings.confidenceCurve),
    overrulesMajority: claims.some((claim) => overrules(claim)),
    debatable: claims.filter((claim) => isDebatable(claim)).map(({ id }) => id),
  }
}

function measureClaim(
  claim: DocketClaim,
  held: readonly Stand[],
  panel: ReadonlyMap<string, Panelist>,
  { threshold, temperature, siblingIndependence }: Settings,
): ClaimState {
  const stands = held.toSorted((a, b) => compareText(a.model, b.model))
  const ballots = stands.flatMap((stand) => {
    const voter = panel.get(stand.model)
    if (voter === undefined) return []
    const weight = weightOf(probabilityOf(voter.reliability, stand.confidence), 2)
    return [{ family: voter.family, weight, options: sharesOf(stand) }]
  })
  const { scores, budget } = tally(ballots, siblingIndependence)
  const [agree, disagree] = [scores.get('agree') ?? 0, scores.get('disagree') ?? 0]
  const [support = 0] = posterior([agree, disagree], 2, temperature).seen
  const [unanimous = 0] = posterior([budget, 0], 2, temperature).seen
  return {
    ...claim,
    stands,
    posterior: support,
    opposingShare: agree + disagree === 0 ? 0 : Math.min(agree, disagree) / (agree + disagree),
    verdict: verdictOf(support, Math.min(threshold, unanimous)),
  }
}

/** The threshold is never out of reach of a panel that is of one mind, be it a single model. */
function verdictOf(support: number, threshold: number): Verdict {
  if (atLeast(support, threshold) && support > 0.5 + tolerance) return 'accepted'
  return support < 1 - threshold - tolerance ? 'rejected' : 'contested'
}

/** Salience-weighted mean of what is concluded, times the share of the panel's salience that the conclusion speaks to. */
function confidenceOf(
  accepted: readonly ClaimState[],
  claims: readonly ClaimState[],
  curve: Settings['confidenceCurve'],
): number {
  const weight = salienceOf(accepted)
  if (weight === 0) return 0
  const worth = accepted.reduce((sum, claim) => sum + salience(claim) * confidenceIn(claim.posterior, curve), 0)
  const covered = accepted.reduce((sum, claim) => sum + attention(claim), 0)
  return ((worth / weight) * covered) / claims.reduce((sum, claim) => sum + attention(claim), 0)
}

export function salienceOf(claims: readonly ClaimState[]): number {
  return claims.reduce((sum, claim) => sum + salience(claim), 0)
}

function salience(claim: DocketClaim): number {
  return Math.max(leastSalience, claim.salience)
}

function attention({ panelSalience, authors }: DocketClaim): number {
  return Math.max(leastSalience * authors.length, panelSalience)
}

function isDebatable({ stands, verdict, opposingShare }: ClaimState): boolean {
  const opposed = stands.some(({ latest }) => latest === 'agree') && stands.some(({ latest }) => latest === 'disagree')
  return opposed && (verdict === 'contested' || atLeast(opposingShare, debatableShare))
}

function overrules({ stands, verdict }: ClaimState): boolean {
  const agree = stands.filter(({ latest }) => latest === 'agree').length
  const disagree = stands.filter(({ latest }) => latest === 'disagree').length
  return (verdict === 'accepted' && disagree > agree) || (verdict === 'rejected' && agree > disagree)
}
