import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { ServicesMesh } from './meshes.ts'
import { cpuMs, processTree } from './process-figures.ts'
import type { Traffic, TrafficWatch } from './traffic.ts'

/** Sums since the start, at one moment. */
export type Look = {
  /** Milliseconds by service, and of the server processes of `PostgreSQL` where it runs on this machine. */
  cpuMs: ReadonlyMap<string, number>
  traffic: Traffic
  walBytes: number
  rowsRead: number
  rowsWritten: number
  /** Rows read by scans of whole tables. */
  scanned: ReadonlyMap<string, number>
}

const ended = new Map<number, number>()

/** PostgreSQL counts a session's rows up to a second after it has gone idle. */
export async function look(o: { mesh: ServicesMesh; client: pg.Client; traffic: TrafficWatch }): Promise<Look> {
  await sleep(1_500)
  const { rows: tables } = await o.client.query<{ name: string; scanned: number; read: number; written: number }>(
    `select schemaname || '.' || relname as name, seq_tup_read::float8 as scanned,
       (seq_tup_read + coalesce(idx_tup_fetch, 0))::float8 as read, (n_tup_ins + n_tup_upd + n_tup_del)::float8 as written
     from pg_stat_user_tables where schemaname <> 'bench'`,
  )
  const { rows: wal } = await o.client.query<{ bytes: number }>(
    `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as bytes`,
  )
  const services = [...o.mesh.services].map(([name, pids]) => [name, cpuMs(pids.flatMap(processTree))] as const)
  return {
    cpuMs: new Map([...services, ['PostgreSQL', await sessionsCpuMs(o.client)]]),
    traffic: o.traffic.now(),
    walBytes: wal[0]?.bytes ?? 0,
    rowsRead: tables.reduce((sum, { read }) => sum + read, 0),
    rowsWritten: tables.reduce((sum, { written }) => sum + written, 0),
    scanned: new Map(tables.map(({ name, scanned }) => [name, scanned])),
  }
}

/** Of all sessions of this database, those included that have ended since they were first looked at. */
async function sessionsCpuMs(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>(
    'select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
  )
  for (const { pid } of rows) ended.set(pid, cpuMs([pid]))
  return [...ended.values()].reduce((sum, ms) => sum + ms, 0)
}
