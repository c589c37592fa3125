import { memberOf, textAt } from '@concord/testing/api-client'
import { WebSocket } from 'ws'
import { makeAskers, questionAt } from './askers.ts'
import type { Asker } from './askers.ts'
import type { Context } from './context.ts'
import { embeddedMesh, servicesMesh } from './meshes.ts'
import type { BenchMesh } from './meshes.ts'
import type { Report, Row } from './report.ts'
import { quantile } from './statistics.ts'

const sockets = 100
const shapes = [
  { how: '100 sockets on 10 queries', queries: 10 },
  { how: '100 sockets on one query', queries: 1 },
]

/**
 * From an event's `at` to its arrival at a socket. Deltas carry the moment of their publishing; a durable event carries the moment
 * of its decision, so its way includes the transaction that keeps it. `at` is cut to whole milliseconds, which can add up to one.
 * Each mesh has answered one query before.
 */
export async function live(context: Context): Promise<Report> {
  const servers = await context.servers()
  const pace = { EMULATOR_PACE: 'human' }
  const meshes = [await embeddedMesh(pace), await servicesMesh(servers, pace)]
  try {
    const subjects = await Promise.all(meshes.map(async (mesh) => ({ mesh, askers: await makeAskers(mesh, 10) })))
    for (const { mesh, askers } of subjects) await watch(mesh, askers, 1)
    const rows: Row[] = []
    for (const { how, queries } of shapes) {
      const measured: Arrivals[] = []
      for (const { mesh, askers } of subjects) measured.push(await watch(mesh, askers, queries))
      for (const kind of ['passing', 'durable'] as const) {
        for (const q of [0.5, 0.99]) {
          rows.push({
            what: `${how}, ${kind === 'passing' ? 'published' : 'decided'} → socket, p${q * 100}`,
            unit: 'ms',
            values: measured.map((arrivals) => quantile(arrivals[kind], q)),
            ...(kind === 'passing' && q === 0.99 ? { goal: { atMost: 10, of: 'each' as const } } : {}),
            ...(q === 0.5 ? { note: `${measured.map((arrivals) => arrivals[kind].length).join(' and ')} events` } : {}),
          })
        }
      }
    }
    await Promise.all(subjects.flatMap(({ askers }) => askers.map((asker) => asker.close())))
    return { name: 'live', title: 'From a live event to the socket', columns: meshes.map(({ name }) => name), rows }
  } finally {
    await Promise.all(meshes.map((mesh) => mesh.close()))
  }
}

type Arrivals = { passing: number[]; durable: number[] }

async function watch(mesh: BenchMesh, askers: readonly Asker[], queries: number): Promise<Arrivals> {
  const arrivals: Arrivals = { passing: [], durable: [] }
  const open: Promise<void>[] = []
  for (let index = 0; index < queries; index++) {
    const asker = askers[index % askers.length]
    if (!asker) continue
    const queryId = await asker.submit(questionAt(index * 5 + 2))
    for (let socket = 0; socket < sockets / queries; socket++) open.push(listen(mesh, asker, queryId, arrivals))
  }
  await Promise.all(open)
  return arrivals
}

/** Resolves when the query has ended. What happened before the socket was open is history and not timed. */
function listen(mesh: BenchMesh, { token }: Asker, queryId: string, arrivals: Arrivals): Promise<void> {
  const socket = new WebSocket(`${mesh.url.replace(/^http/, 'ws')}/api/v1/ws/${queryId}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  let openedAt = Number.POSITIVE_INFINITY
  socket.once('open', () => (openedAt = Date.now()))
  socket.on('message', (data: Buffer) => {
    const arrivedAt = performance.timeOrigin + performance.now()
    const event: unknown = JSON.parse(data.toString('utf8'))
    const at = Date.parse(textAt(event, 'at'))
    if (at < openedAt + 50 || memberOf(event, 'type') === 'heartbeat') return
    arrivals[memberOf(event, 'seq') === undefined ? 'passing' : 'durable'].push(arrivedAt - at)
  })
  return new Promise((resolve, reject) => {
    socket.once('close', () => resolve())
    socket.once('error', reject)
  })
}
