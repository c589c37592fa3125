import type { DurableEvent } from '@concord/contracts/live-events'
import Fastify from 'fastify'
import type { Caller } from '../src/edge/identify.ts'

type Recorded = { method: string; url: string; headers: Record<string, unknown>; body: unknown }

/** Stands in for the orchestrator at its own HTTP interface: keeps the events it is given and records what reaches it. */
export async function startFakeOrchestrator() {
  const server = Fastify()
  const requests: Recorded[] = []
  const queries = new Map<string, { userId: string; events: DurableEvent[]; ended: boolean; lostReads: number }>()

  server.get('/health', async () => ({ status: 'ok' }))
  server.get('/openapi.json', async () => ({
    openapi: '3.1.0',
    info: { title: 'consensus-orchestrator', version: '1' },
    paths: { '/queries/{id}': { get: { operationId: 'getQuery' } }, '/hidden': { get: {} } },
    components: { schemas: { Shared: { type: 'object' } } },
  }))
  server.get<{ Params: { id: string }; Querystring: { after: string } }>(
    '/internal/queries/:id/events',
    async (request, reply) => {
      const query = queries.get(request.params.id)
      if (!query) return reply.code(404).send({})
      const after = Number(request.query.after)
      const events = query.events.filter(({ seq }) => seq > after)
      return { user_id: query.userId, ended: query.ended, last_seq: query.events.at(-1)?.seq ?? 0, events }
    },
  )
  server.all('/api/v1/*', async (request, reply) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers, body: request.body })
    return reply.code(request.method === 'POST' ? 202 : 200).send({ seen: request.url, filler: 'x'.repeat(3_000) })
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  return { url, requests, queries, close: () => server.close() }
}

export function aQueryId(digit: string): string {
  return `qry_${digit.repeat(32)}`
}

/** A durable event of a query, with the least that its contract asks for. */
export function anEvent(queryId: string, seq: number, final = false): DurableEvent {
  const at = '2026-01-01T00:00:00.000Z'
  if (!final)
    return {
      type: 'model_started',
      query_id: queryId,
      seq,
      at,
      data: { round: 0, model: 'gpt5', purpose: 'opening', attempt: seq },
    }
  const metadata = {
    processing_time: 1,
    created_at: at,
    completed_at: at,
    tokens: { input: 0, output: 0 },
    cost_usd: 0,
    models_failed: [],
    degraded: false,
  }
  return {
    type: 'query_cancelled',
    query_id: queryId,
    seq,
    at,
    data: { query_id: queryId, question: 'q', metadata, status: 'cancelled', individual_responses: {} },
  }
}

/** A user on the free plan, in a session of their own. */
export function aCaller(sub = `usr_${'1'.repeat(32)}`): Caller {
  const principal = {
    sub,
    kind: 'user',
    role: 'user',
    plan: 'free',
    sid: `ses_${'1'.repeat(32)}`,
    jti: 'j',
    scope: [],
    companyId: null,
    expiresAt: 4_000_000_000,
    revocationKnown: true,
  } as const
  return { principal, token: 'a-token' }
}
