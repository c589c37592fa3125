import { memberOf } from '@concord/testing/api-client'
import type pg from 'pg'
import type { Asker } from './askers.ts'
import { closedLoop } from './load.ts'
import { look } from './look.ts'
import type { ServicesMesh } from './meshes.ts'
import type { Row } from './report.ts'
import { median } from './statistics.ts'
import type { TrafficWatch } from './traffic.ts'

const times = 100

type Subject = {
  mesh: ServicesMesh
  client: pg.Client
  traffic: TrafficWatch
  askers: readonly Asker[]
  /** Of the first asker, who has a tenth of all that is stored. */
  owner: string
}

/** What reading costs the one who has most. */
export async function readingRows(subject: Subject): Promise<Row[]> {
  const [reader] = subject.askers
  if (!reader) return []
  await reader.renew()
  const id = await nth(subject, 0)
  const late = await nth(subject, 0.9)
  const cursor = Buffer.from(JSON.stringify(late)).toString('base64url')
  const rows: Row[] = []
  for (const [what, path] of [
    ['GET /queries, first page', '/queries'],
    ['GET /queries, a page near the end', `/queries?cursor=${cursor}`],
    ['GET /queries/:id', `/queries/${id}`],
    ['GET /queries/:id/results', `/queries/${id}/results`],
    ['GET /user/stats', '/user/stats'],
  ] as const) {
    rows.push(...(await cost(subject, what, () => expectBody(reader, path))))
  }
  return rows
}

/** The reader's query at this share of the list, newest first; the first of it was really asked. */
async function nth({ client, owner }: Subject, share: number): Promise<string> {
  const { rows } = await client.query<{ id: string }>(
    `select id from consensus.queries where owner = $1 order by id desc
     offset (select floor(count(*) * $2::float8)::int from consensus.queries where owner = $1) limit 1`,
    [owner, share],
  )
  return rows[0]?.id ?? ''
}

async function expectBody(reader: Asker, path: string): Promise<void> {
  const body = await reader.get(path)
  if (typeof memberOf(body, 'status') === 'number') throw new Error(`${path}: ${JSON.stringify(body)}`)
}

async function cost(subject: Subject, what: string, read: () => Promise<void>): Promise<Row[]> {
  for (let time = 0; time < 5; time++) await read()
  const before = await look(subject)
  const { durations } = await closedLoop({ count: times, inFlight: 1 }, read)
  const after = await look(subject)
  const cpu = ['gateway', 'consensus-orchestrator', 'PostgreSQL'].reduce(
    (sum, name) => sum + (after.cpuMs.get(name) ?? 0) - (before.cpuMs.get(name) ?? 0),
    0,
  )
  // A page has 20 queries, and one more is looked at.
  const goal = { atMost: 50, of: 'each' } as const
  return [
    { what: `${what}, p50`, unit: 'ms', values: [median(durations)] },
    { what: `${what}, CPU of both services and PostgreSQL`, unit: 'ms', values: [cpu / times] },
    { what: `${what}, rows read`, unit: '', values: [(after.rowsRead - before.rowsRead) / times], goal },
  ]
}
