import type { ChatCompletionRequest } from '@concord/contracts/chat-completions'
import { DoorError } from '../door/door-error.ts'
import type { CatalogueModel } from '../models/catalogue.ts'
import { findModel } from '../models/find-model.ts'
import { stateOf } from '../models/list-models.ts'
import type { ModelsDeps } from '../models/list-models.ts'
import { leftOut } from './preferences.ts'
import { unsupported } from './unsupported.ts'

export const autoModel = 'auto'

/**
 * The models to ask, the first one first: the one that was named, or for `auto` all that can do what the request needs, in the
 * router's order. Throws a 404 for an unknown name, a 400 for what the model (or every model) cannot do, a 503 where none is up.
 */
export function chooseModels(deps: ModelsDeps, request: ChatCompletionRequest): readonly CatalogueModel[] {
  if (request.model === autoModel) return route(deps, request)
  const model = findModel(deps.catalogue, request.model)
  if (!model) throw unknownModel(request.model)
  const refusal = unsupported(model, request)
  if (refusal) throw refusal
  return [model]
}

export function unknownModel(id: string): DoorError {
  const message = `The model \`${id.slice(0, 100)}\` does not exist or you do not have access to it.`
  return new DoorError('not-found', message, { param: 'model', code: 'model_not_found' })
}

const worst = 9

/** `down` and `unconfigured` are left out. */
const rank: Partial<Record<ReturnType<typeof stateOf>, number>> = { ok: 0, sandbox: 0, degraded: 1 }

/**
 * The router: models that are well before those that are ailing; among them those that leave out no preference of the request; among
 * them the one whose answers took least time of late (median of the last 200), models without a measurement last; else the
 * catalogue's order. The next ones stand in when a call fails before it brought anything.
 */
function route(deps: ModelsDeps, request: ChatCompletionRequest): readonly CatalogueModel[] {
  const models = [...deps.catalogue.values()]
  const refusals = models.map((model) => unsupported(model, request))
  const able = models.filter((_model, index) => refusals[index] === undefined)
  const [firstRefusal] = refusals
  if (able.length === 0 && firstRefusal) throw firstRefusal
  const ranked = able
    .map((model) => ({
      model,
      order: [
        rank[stateOf(deps, model)] ?? worst,
        leftOut(model, request).length,
        deps.record.latency(model.name).p50 ?? Number.MAX_SAFE_INTEGER,
      ],
    }))
    .filter(({ order: [state] }) => state !== worst)
    .toSorted((a, b) => firstDifference(a.order, b.order))
  if (ranked.length === 0)
    throw new DoorError('unavailable', 'No model can be reached at the moment.', {
      code: 'model_unavailable',
      retryAfterS: 5,
    })
  return ranked.map(({ model }) => model)
}

function firstDifference(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
