import type { IncomingMessage, ServerResponse } from 'node:http'
import type { User } from '@concord/contracts/identity'
import { SubmitQuery } from '@concord/contracts/queries'
import { closedScenario } from './closed-scenario.ts'
import { json, problem } from './fake-answers.ts'
import { fakeQuery, type FakeQuery } from './fake-query.ts'
import { failedScenario, openScenario } from './open-scenario.ts'

type Queries = Map<string, FakeQuery>
type Call = { request: IncomingMessage; response: ServerResponse; user: User }

const dailyLimit = 10
const pageSize = 5

/** `speed` is how many times faster than written a scenario is played; a question with «slowly» in it takes its time. */
export function queryRoutes(queries: Queries, speed: number) {
  const answered = new Map<string, unknown>()

  function ownQueries(user: User): FakeQuery[] {
    return [...queries.values()].filter(({ owner }) => owner === user.id)
  }

  return {
    submit({ request, response, user }: Call, body: Record<string, unknown>): void {
      const parsed = SubmitQuery.safeParse(body)
      if (!parsed.success) return problem(response, 400, parsed.error.message)
      const used = ownQueries(user).length
      if (used >= dailyLimit) {
        response.setHeader('retry-after', '11520')
        return problem(response, 429, `The ${dailyLimit} questions of today are used up.`)
      }
      const key = String(request.headers['idempotency-key'])
      const accepted = answered.get(key) ?? ask(queries, { user, body: parsed.data, used, speed })
      answered.set(key, accepted)
      json(response, 202, accepted)
    },

    stats({ response, user }: Call): void {
      const today = { queries_count: ownQueries(user).length, tokens_used: 0 }
      json(response, 200, { today, total_queries: today.queries_count, avg_confidence: null, plan: user.plan })
    },

    list({ response, user }: Call, cursor: string | null): void {
      const from = Number(cursor ?? 0)
      const all = ownQueries(user).toReversed()
      const next = from + pageSize < all.length ? String(from + pageSize) : null
      json(response, 200, { data: all.slice(from, from + pageSize).map((query) => query.summary()), next_cursor: next })
    },

    find: (user: User, id: string) => ownQueries(user).find((query) => query.id === id),

    cancel({ response }: Call, query: FakeQuery): void {
      if (query.hasEnded()) return problem(response, 409, 'The query has ended.')
      query.cancel()
      json(response, 202, {})
    },

    remove({ response }: Call, query: FakeQuery): void {
      queries.delete(query.id)
      response.writeHead(204).end()
    },
  }
}

function ask(queries: Queries, o: { user: User; body: SubmitQuery; used: number; speed: number }) {
  const id = `qry_${String(queries.size + 1).padStart(32, '0')}`
  const models = o.body.models ?? ['gpt5', 'claude', 'gemini', 'grok']
  const scenario = scenarioFor(o.body.query, models)
  const speed = o.body.query.includes('slowly') ? 0.5 : o.speed
  queries.set(id, fakeQuery({ id, owner: o.user.id, body: o.body, models, scenario, speed }))
  return {
    query_id: id,
    status: 'processing',
    estimated_time: 15,
    webhook_url: `ws://localhost/api/v1/ws/${id}`,
    daily_usage: { current: o.used + 1, limit: dailyLimit, remaining: dailyLimit - o.used - 1 },
  }
}

function scenarioFor(question: string, models: readonly string[]) {
  // Untrusted text travels through questions and models alike.
  const extra = question.includes('<') ? question : undefined
  if (question.includes('fails')) return failedScenario(models)
  if (question.includes('monolith')) return openScenario(models, extra)
  return closedScenario({
    models,
    ...(question.includes('loses') ? { lost: 'grok' } : {}),
    ...(extra ? { extra } : {}),
    overrules: question.includes('overrules'),
  })
}
