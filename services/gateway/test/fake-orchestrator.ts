import type { DurableEvent } from '@concord/contracts/live-events'
import type { QueryAccepted } from '@concord/contracts/queries'
import Fastify from 'fastify'
import type { Caller } from '../src/edge/identify.ts'

type Recorded = { method: string; url: string; headers: Record<string, unknown>; body: unknown }

/** Stands in for the orchestrator at its own HTTP interface: keeps the events it is given and records what reaches it. */
export async function startFakeOrchestrator() {
  const server = Fastify()
  const requests: Recorded[] = []
  const queries = new Map<string, { userId: string; events: DurableEvent[]; ended: boolean; lostReads: number }>()

  const cancelled: string[] = []
  const reads: string[] = []
  /** What a submission is answered with, for tests that follow it. */
  const accepting: { answer?: QueryAccepted } = {}

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
      reads.push(request.params.id)
      const query = queries.get(request.params.id)
      if (!query) return reply.code(404).send({})
      const after = Number(request.query.after)
      const events = query.events.filter(({ seq }) => seq > after)
      return { user_id: query.userId, ended: query.ended, last_seq: query.events.at(-1)?.seq ?? 0, events }
    },
  )
  server.post<{ Params: { id: string } }>('/internal/queries/:id/cancel', async ({ params }) => {
    cancelled.push(params.id)
    return { outcome: 'cancelled' }
  })
  server.all('/api/v1/*', async (request, reply) => {
    requests.push({ method: request.method, url: request.url, headers: request.headers, body: request.body })
    const answer = request.method === 'POST' ? accepting.answer : undefined
    return reply
      .code(request.method === 'POST' ? 202 : 200)
      .send(answer ?? { seen: request.url, filler: 'x'.repeat(3_000) })
  })
  const url = await server.listen({ host: '127.0.0.1', port: 0 })
  return { url, requests, queries, reads, cancelled, accepting, close: () => server.close() }
}

export function aQueryId(digit: string): string {
  return `qry_${digit.repeat(32)}`
}

export function anAcceptedQuery(queryId: string): QueryAccepted {
  return {
    query_id: queryId,
    status: 'processing',
    estimated_time: 1,
    webhook_url: `ws://localhost/api/v1/ws/${queryId}`,
    daily_usage: { current: 1, limit: 10, remaining: 9 },
  }
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
