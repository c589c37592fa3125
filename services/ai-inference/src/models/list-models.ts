import type { ModelList, PanelModel } from '@concord/contracts/panel'
import type { BreakerState } from '../calls/lane.ts'
import type { Catalogue, CatalogueModel } from './catalogue.ts'
import type { TrackRecord } from './track-record.ts'

export type ModelsDeps = {
  catalogue: Catalogue
  /** Undefined for a provider that is not configured. */
  accessOf: (model: CatalogueModel) => { sandbox: boolean } | undefined
  breakerOf: (model: CatalogueModel) => BreakerState
  record: TrackRecord
}

export function listModels(deps: ModelsDeps): ModelList {
  const data = [...deps.catalogue.values()].map((model): PanelModel => {
    const { name, provider, provider_model, family, prices, limits } = model
    const latency = deps.record.latency(name)
    return { name, provider, provider_model, family, state: stateOf(deps, model), latency_ms: latency, prices, limits }
  })
  return { data }
}

/** That a model is down matters more than that it is emulated. */
export function stateOf({ accessOf, breakerOf, record }: ModelsDeps, model: CatalogueModel): PanelModel['state'] {
  const access = accessOf(model)
  if (!access) return 'unconfigured'
  if (breakerOf(model) === 'open') return 'down'
  if (access.sandbox) return 'sandbox'
  return breakerOf(model) === 'half-open' || record.ailing(model.name) ? 'degraded' : 'ok'
}
