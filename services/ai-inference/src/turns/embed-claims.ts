import { OpeningAnswer } from '@concord/contracts/turns'
import type { ClaimVectors } from '@concord/contracts/turns'
import { deadlineSignal, orAbort } from '../calls/attempt-watch.ts'
import { ModelError } from '../calls/model-error.ts'
import { lastMoment } from '../calls/time-plan.ts'
import { askModels } from '../completions/ask-models.ts'
import type { AskDeps } from '../completions/ask-models.ts'
import type { Embedder } from '../embeddings/embedder.ts'
import { tokensOfInputs } from '../embeddings/embedding-request.ts'
import type { EmbeddingCatalogue, EmbeddingModel } from '../models/catalogue.ts'
import { costUsd } from '../models/cost.ts'
import type { Bill } from '../usage/bill.ts'
import { embeddable, packVectors } from './claim-vectors.ts'
import { TurnStopped } from './running-turns.ts'

export type ClaimsQuestion = {
  /** The output of a turn, of whatever purpose. */
  json: unknown
  sandbox: boolean
  /** By when the turn must have ended, and what the time is now: milliseconds since 1970. */
  deadlineAt: number
  now: number
  signal: AbortSignal
  /** US dollars that the turn may still cost; infinite where it has no bound. */
  leftUsd: number
}

/** `vectors` are absent where there are none; what was spent on them counts all the same. */
export type EmbeddedClaims = { vectors?: ClaimVectors; inputTokens: number; costUsd: number }

/** Embeds the claims of an opening. Never rejects, and never takes longer than `longestMs`: an answer has no need of it. */
export type EmbedClaims = (question: ClaimsQuestion) => Promise<EmbeddedClaims>

type Deps = Omit<AskDeps, 'maxAttempts'> & {
  embeddingModels: EmbeddingCatalogue
  embedders: ReadonlyMap<string, Embedder>
  isEmulated: (provider: EmbeddingModel['provider']) => boolean
  /** Told of what is no failure of a provider, but a fault in here. */
  onFault: (error: unknown) => void
  longestMs?: number
}

/** Enough to tell claims apart, and short enough to travel with each answer. */
const mostDimensions = 256
const usualLongestMs = 2_000
/** In less time no call is worth making. */
const shortestMs = 100

export function createEmbedClaims({ onFault, longestMs = usualLongestMs, ...deps }: Deps): EmbedClaims {
  return async (question) => {
    const texts = claimsOf(question.json)
    const input = embeddable(texts)
    const model = input.length > 0 ? modelFor(deps, question.sandbox) : undefined
    const embedder = model && deps.embedders.get(model.name)
    const spent = { inputTokens: 0, costUsd: 0 }
    if (!model || !embedder) return spent
    const inputTokens = tokensOfInputs({ model: model.name, input }).reduce((sum, count) => sum + count, 0)
    const leftMs = Math.min(longestMs, lastMoment(question.deadlineAt, question.now) - question.now)
    if (leftMs < shortestMs || costUsd(model, { inputTokens, outputTokens: 0 }) > question.leftUsd) return spent

    const dimensions = Math.min(mostDimensions, model.limits.dimensions)
    const deadline = deadlineSignal(leftMs)
    const signal = AbortSignal.any([question.signal, deadline.signal])
    const request = { model: model.name, input, dimensions, encoding_format: 'float' as const }
    try {
      const asked = askModels(
        { ...deps, maxAttempts: 1 },
        {
          operation: 'embeddings',
          models: [model],
          inputTokens,
          signal,
          endAt: Date.now() + leftMs,
          bill: billOn(spent),
          ask: (_model, meter) => embedder({ request, meter, signal }),
          begun: () => false,
        },
      )
      const body = await orAbort(signal, asked)
      const vectors = packVectors(body, { texts, dimensions, model: model.name })
      return { ...spent, ...(vectors ? { vectors } : {}) }
    } catch (error) {
      if (!(error instanceof ModelError || error instanceof TurnStopped)) onFault(error)
      return { ...spent }
    } finally {
      deadline.close()
    }
  }
}

function claimsOf(json: unknown): string[] {
  return OpeningAnswer.safeParse(json).data?.claims.map(({ text }) => text) ?? []
}

/** The catalogue's first that there is; emulated vectors for emulated answers, real ones for real answers. */
function modelFor(
  { embeddingModels, embedders, isEmulated }: Pick<Deps, 'embeddingModels' | 'embedders' | 'isEmulated'>,
  sandbox: boolean,
) {
  return [...embeddingModels.values()].find(
    ({ name, provider }) => embedders.has(name) && isEmulated(provider) === sandbox,
  )
}

function billOn(spent: { inputTokens: number; costUsd: number }): Bill {
  return {
    begin: () => {},
    add(model, usage) {
      spent.inputTokens += usage.inputTokens
      spent.costUsd += costUsd(model, usage)
    },
    close() {},
  }
}
