import { newKeyRing } from '@concord/vault/key-ring'
import pg from 'pg'
import { makeAskers, questionAt } from './askers.ts'
import type { Asker } from './askers.ts'
import type { Context } from './context.ts'
import { fillQueries } from './fill-queries.ts'
import { look } from './look.ts'
import type { Look } from './look.ts'
import { closedLoop } from './load.ts'
import { servicesMesh } from './meshes.ts'
import type { ServicesMesh } from './meshes.ts'
import { readingRows } from './reading-costs.ts'
import type { Report, Row } from './report.ts'
import { watchTraffic } from './traffic.ts'
import type { TrafficWatch } from './traffic.ts'

const levels = (process.env['BENCH_STORED'] ?? '100,1000,10000,100000').split(',').map(Number)
const warmUp = 60
const asked = Number(process.env['BENCH_ASKED'] ?? 60)
const inFlight = 5

type Subject = { mesh: ServicesMesh; client: pg.Client; traffic: TrafficWatch; askers: readonly Asker[]; owner: string }

/** What a query costs, and what reading costs, with more and more stored queries: every figure should stay as it is. */
export async function growth(context: Context): Promise<Report> {
  const subject = await open(context)
  const columns: Row[][] = []
  try {
    await deliberations(subject, warmUp, 0)
    for (const level of levels) {
      context.say(`growth: ${level.toLocaleString('en')} stored queries`)
      await fillQueries(subject.client, level, subject)
      const rows = await measure(subject)
      columns.push([...rows, ...(await readingRows(subject))])
      if (process.env['BENCH_STATEMENTS']) sayStatements(context, subject.traffic)
    }
    return {
      name: 'growth',
      title: `What a query costs, by the queries stored (a process a service, PostgreSQL, Redis and RabbitMQ)`,
      columns: levels.map((level) => level.toLocaleString('en')),
      ratio: 'last to first',
      rows: (columns[0] ?? []).map((row, index) => ({
        ...row,
        values: columns.map((column) => column[index]?.values[0]),
        note: columns.at(-1)?.[index]?.note,
      })),
    }
  } finally {
    await Promise.all(subject.askers.map((asker) => asker.close()))
    await subject.client.end()
    await subject.mesh.close()
    await subject.traffic.close()
  }
}

async function open(context: Context): Promise<Subject & { vaultKeys: string; databaseUrl: string }> {
  let traffic: TrafficWatch | undefined
  const vaultKeys = newKeyRing()
  const mesh = await servicesMesh(
    await context.servers(),
    { VAULT_KEYS: vaultKeys },
    {
      reroute: async (settings) => {
        traffic = await watchTraffic(settings)
        return traffic.settings
      },
    },
  )
  if (!traffic) throw new Error('the mesh did not ask for its servers')
  const { databaseUrl } = mesh
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const askers = await makeAskers(mesh, 5)
  const [reader] = askers
  if (!reader) throw new Error('nobody to ask')
  await deliberate([reader], 0)
  const { rows } = await client.query<{ owner: string }>('select owner from consensus.queries')
  return { mesh, client, traffic, askers, owner: rows[0]?.owner ?? '', vaultKeys, databaseUrl }
}

async function deliberate(askers: readonly Asker[], index: number): Promise<void> {
  const asker = askers[index % askers.length]
  const end = await asker?.ended(await asker.submit(questionAt(index)))
  if (end !== 'query_completed') throw new Error(`a query ended as ${end}`)
}

async function deliberations({ askers }: Subject, count: number, from: number): Promise<void> {
  await Promise.all(askers.map((asker) => asker.renew()))
  await closedLoop({ count, inFlight }, (index) => deliberate(askers, from + index))
}

/** The same questions each time. */
async function measure(subject: Subject): Promise<Row[]> {
  const before = await look(subject)
  await deliberations(subject, asked, warmUp)
  const after = await look(subject)
  const per = (of: (at: Look) => number): number => (of(after) - of(before)) / asked
  const cpu = [...subject.mesh.services.keys()].map((name) => ({
    what: `CPU of ${name}`,
    unit: 'ms',
    values: [per(({ cpuMs }) => cpuMs.get(name) ?? 0)],
  }))
  return [
    ...cpu,
    { what: 'CPU of PostgreSQL', unit: 'ms', values: [per(({ cpuMs }) => cpuMs.get('PostgreSQL') ?? 0)] },
    { what: 'SQL statements', unit: '', values: [per(({ traffic }) => traffic.statements)], goal: flat },
    { what: 'transactions', unit: '', values: [per(({ traffic }) => traffic.transactions)], goal: flat },
    {
      what: 'rows read',
      unit: '',
      values: [per(({ rowsRead }) => rowsRead)],
      goal: flat,
      note: scanned(before, after),
    },
    { what: 'rows written', unit: '', values: [per(({ rowsWritten }) => rowsWritten)], goal: flat },
    { what: 'to and from the database', unit: 'kB', values: [per(({ traffic }) => traffic.databaseBytes / 1_000)] },
    { what: 'WAL', unit: 'kB', values: [per(({ walBytes }) => walBytes / 1_000)] },
    { what: 'messages published', unit: '', values: [per(({ traffic }) => traffic.published)], goal: flat },
    { what: 'messages delivered', unit: '', values: [per(({ traffic }) => traffic.delivered)], goal: flat },
    { what: 'over the bus', unit: 'kB', values: [per(({ traffic }) => traffic.busBytes / 1_000)] },
  ]
}

const flat = { atMost: 1.1, of: 'ratio' } as const

/** The tables that were read from end to end, and how many of their rows a query. */
function scanned(before: Look, after: Look): string {
  const read = [...after.scanned].map(
    ([table, rows]) => [table, (rows - (before.scanned.get(table) ?? 0)) / asked] as const,
  )
  const most = read.filter(([, rows]) => rows >= 0.5).toSorted(([, a], [, b]) => b - a)
  return `by scans, a query: ${most.map(([table, rows]) => `${table} ${rows.toFixed(1)}`).join(', ') || 'none'}`
}

function sayStatements(context: Context, traffic: TrafficWatch): void {
  const most = [...traffic.texts()].toSorted(([, a], [, b]) => b - a)
  for (const [text, count] of most) context.say(`${count}\t${text}`)
}
