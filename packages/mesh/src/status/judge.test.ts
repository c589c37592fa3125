import { expect, test } from 'vitest'
import type { Status } from './collect.ts'
import type { DatabaseState } from './database-state.ts'
import { judge } from './judge.ts'
import type { Replica } from './replicas.ts'

const replica: Replica = {
  service: 'auth',
  url: 'http://10.0.0.1:8080',
  state: 'up',
  version: '1.0.0',
  uptime_s: 5,
  reason: null,
}
const database: DatabaseState = {
  version: '17.4',
  latency_ms: 1,
  connections: { open: 3, limit: 100 },
  migrations: [{ service: 'auth', applied: 1, pending: 0, ahead: false }],
  standby_lag_ms: null,
  standbys: [],
  outboxes: [{ schema: 'auth', waiting: 0, oldest_ms: 0 }],
  queries: { running: 2, stuck: 0, oldest_stuck_ms: 0 },
}
const queue = { handler: 'ai-inference.turn.requested.v1', waiting: 7, consumers: 1 }
const bus = { kind: 'RabbitMQ' as const, queues: [queue], retrying: 0, unrouted: 0, dead: 0, version: '4.0.5' }
const healthy: Status = {
  services: [replica],
  database: { state: 'up', told: database },
  redis: { state: 'up', told: { latency_ms: 1 } },
  bus: { state: 'up', told: bus },
  providers: { keys_set: [], emulators: true, models: null },
}
const withDatabase = (change: Partial<DatabaseState>): Partial<Status> => ({
  database: { state: 'up', told: { ...database, ...change } },
})

test('a mesh of which everything is up has no problem', () => {
  expect(judge(healthy)).toEqual({ problems: [], warnings: [] })
})

test.each<{ what: string; change: Partial<Status>; problem: string }>([
  { what: 'no mesh', change: { services: null }, problem: 'No mesh runs here' },
  {
    what: 'one replica of several down',
    change: { services: [replica, { ...replica, url: 'http://10.0.0.2:8080', state: 'down', reason: 'ECONNREFUSED' }] },
    problem: 'auth at http://10.0.0.2:8080 is down: ECONNREFUSED.',
  },
  {
    what: 'a replica that is not ready',
    change: { services: [{ ...replica, state: 'unready', reason: 'a dependency cannot be reached' }] },
    problem: 'is unready: a dependency cannot be reached',
  },
  {
    what: 'no database',
    change: { database: { state: 'down', reason: 'ECONNREFUSED' } },
    problem: 'PostgreSQL cannot',
  },
  {
    what: 'no Redis',
    change: { redis: { state: 'down', reason: 'ECONNREFUSED' } },
    problem: 'Redis cannot be reached',
  },
  {
    what: 'no broker',
    change: { bus: { state: 'down', reason: 'ECONNREFUSED' } },
    problem: 'The bus cannot be reached',
  },
  {
    what: 'a pending migration',
    change: withDatabase({ migrations: [{ service: 'auth', applied: 1, pending: 2, ahead: false }] }),
    problem: 'auth has 2 migrations pending',
  },
  {
    what: 'a stuck query',
    change: withDatabase({ queries: { running: 2, stuck: 1, oldest_stuck_ms: 90_000 } }),
    problem: '1 queries are stuck',
  },
  {
    what: 'an outbox that nobody relays',
    change: withDatabase({ outboxes: [{ schema: 'consensus', waiting: 3, oldest_ms: 61_000 }] }),
    problem: 'The outbox of consensus is not relayed',
  },
  {
    what: 'a queue without a consumer',
    change: { bus: { state: 'up', told: { ...bus, queues: [{ ...queue, consumers: 0 }] } } },
    problem: 'Nobody consumes ai-inference.turn.requested.v1; 7 messages wait.',
  },
])('is unhealthy with $what', ({ change, problem }) => {
  const { problems } = judge({ ...healthy, ...change })

  expect(problems).toHaveLength(1)
  expect(problems[0]).toContain(problem)
})

test('only warns of dead letters, newer tables and failing models', () => {
  const { problems, warnings } = judge({
    ...healthy,
    ...withDatabase({ migrations: [{ service: 'auth', applied: 3, pending: 0, ahead: true }] }),
    bus: { state: 'up', told: { ...bus, dead: 4 } },
    providers: {
      keys_set: ['OPENAI_API_KEY'],
      emulators: false,
      models: { state: 'up', told: [{ name: 'gpt5', provider: 'openai', state: 'down' }] },
    },
  })

  expect(problems).toEqual([])
  expect(warnings).toEqual([
    '4 dead letters: see `concord dlq list`.',
    'The tables of auth are newer than this program.',
    'The model gpt5 of openai is down.',
  ])
})
