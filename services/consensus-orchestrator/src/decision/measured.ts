import type { DurableEvent } from '@concord/contracts/live-events'
import { salienceOf } from './agreement-open.ts'
import { share } from './conclude.ts'
import type { Decision, OpenDecision } from './model.ts'

type Measured = Extract<DurableEvent, { type: 'agreement_measured' }>['data']

/** The data of `agreement_measured`. `posterior` is the winner's, or the salience-weighted mean over the accepted claims. */
export function measured(decision: Decision): Measured {
  const { round, agreement, reached } = decision
  const common = { round, agreement: share(agreement), reached }
  if (decision.form === 'closed') {
    const positions = decision.positions.map(({ answer, models, posterior }) => ({
      position: answer,
      models: [...models],
      support: share(posterior),
    }))
    const claims = decision.positions.map(({ id, answer, posterior, verdict }) => ({
      id,
      text: answer,
      support: share(posterior),
      verdict,
    }))
    const { winner } = decision
    return { ...common, leading: winner?.answer ?? null, posterior: share(winner?.posterior ?? 0), positions, claims }
  }
  const claims = decision.claims.map(({ id, text, posterior, verdict }) => ({
    id,
    text,
    support: share(posterior),
    verdict,
  }))
  return { ...common, leading: null, posterior: share(meanSupport(decision)), positions: [], claims }
}

function meanSupport({ claims }: OpenDecision): number {
  const accepted = claims.filter(({ verdict }) => verdict === 'accepted')
  const weight = salienceOf(accepted)
  return weight === 0 ? 0 : accepted.reduce((sum, claim) => sum + salienceOf([claim]) * claim.posterior, 0) / weight
}
