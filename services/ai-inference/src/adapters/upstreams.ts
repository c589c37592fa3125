import { Pool } from 'undici'
import type { ChatBackend } from '../completions/chat-backend.ts'
import type { Config } from '../config.ts'
import type { Embedder } from '../embeddings/embedder.ts'
import type { Catalogue, EmbeddingCatalogue } from '../models/catalogue.ts'
import { providerAccess } from '../models/provider-access.ts'
import { anthropicChat } from './anthropic-chat.ts'
import { openAiChat } from './openai-chat.ts'
import { openAiEmbedder } from './openai-embedder.ts'

/** Every model whose provider is configured, by its name, on connections that are kept. */
export function openUpstreams(config: Config, models: { chat: Catalogue; embedding: EmbeddingCatalogue }) {
  const pools = upstreamPools()
  const backends = new Map<string, ChatBackend>()
  for (const model of models.chat.values()) {
    const access = providerAccess(config, model.provider)
    if (!access) continue
    const byOwnWires = model.provider === 'anthropic'
    backends.set(
      model.name,
      byOwnWires ? anthropicChat(model, access) : openAiChat(model, access, pools.of(access.baseUrl)),
    )
  }
  const embedders = new Map<string, Embedder>()
  for (const model of models.embedding.values()) {
    const access = providerAccess(config, model.provider)
    if (access) embedders.set(model.name, openAiEmbedder(model, access, pools.of(access.baseUrl)))
  }
  return { backends, embedders, closeUpstreams: pools.close }
}

/** One pool an origin. Times are the calls' own: a model that thinks is silent for long. */
function upstreamPools() {
  const pools = new Map<string, Pool>()
  return {
    of(baseUrl: string): Pool {
      const { origin } = new URL(baseUrl)
      const known = pools.get(origin)
      if (known) return known
      const pool = new Pool(origin, { headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000 } })
      pools.set(origin, pool)
      return pool
    },
    close: async () => {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
    },
  }
}
