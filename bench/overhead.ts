import { createHash } from 'node:crypto'
import { QueryDetail } from '@concord/contracts/queries'
import { startEmulators } from '@concord/emulators/server'
import { z } from 'zod'
import { makeAskers, questionAt } from './askers.ts'
import type { Asker } from './askers.ts'
import type { Context } from './context.ts'
import { embeddedMesh, realMesh } from './meshes.ts'
import type { BenchMesh } from './meshes.ts'
import type { Report, Row } from './report.ts'
import { median } from './statistics.ts'

const atOnce = 10
const batches = 2
const paces = [
  { how: 'models like real ones, 1–3 s', pace: { minMs: 1_000, maxMs: 3_000 }, goal: { atMost: 1.1, of: 'ratio' } },
  { how: 'every answer in 1 s sharp', pace: { minMs: 1_000, maxMs: 1_000 } },
] as const

type Measured = { wallMs: number; plannedMs: number; calledMs: number; stages: number; submitMs: number }
type Subject = Awaited<ReturnType<typeof prepare>>

/**
 * The time of a query, from before it is submitted until its last event is there, against the least that its models allow: the
 * slowest answer of each stage as the emulators planned it, summed, since stages follow one another. Where all models take
 * the same time all queries come back for more at the same moment, which is the hardest case and no real one.
 */
export async function overhead(context: Context): Promise<Report> {
  const servers = await context.servers()
  const rows: Row[] = []
  for (const { how, pace, ...rest } of paces) {
    const emulators = await startEmulators({ pace })
    const settings = { EMULATORS: 'false', ...settingsOf(emulators.urls) }
    const meshes = [await embeddedMesh(settings), await realMesh(servers, settings)]
    try {
      const subjects = await Promise.all(meshes.map(prepare))
      for (const { askers } of subjects) {
        const warmUp = [1, 2, 3].map((index) => deliberate(askers[0], questionAt(100 + index), emulators.controlUrl))
        await Promise.all(warmUp)
      }
      for (let batch = 0; batch < batches; batch++) {
        for (const [place, { askers, measured }] of subjects.entries()) {
          const queries = Array.from({ length: atOnce }, (_, index) => {
            const question = questionAt((batch * meshes.length + place) * atOnce + index)
            return deliberate(askers[index % askers.length], question, emulators.controlUrl)
          })
          measured.push(...(await Promise.all(queries)))
        }
      }
      await Promise.all(subjects.flatMap(({ askers }) => askers.map((asker) => asker.close())))
      rows.push(...subjects.flatMap((subject) => rowsOf(subject, how, rest)))
    } finally {
      await Promise.all(meshes.map((mesh) => mesh.close()))
      await emulators.close()
    }
  }
  return {
    name: 'overhead',
    title: `Orchestration, ${atOnce} queries at once`,
    columns: ['measured', 'critical path'],
    rows,
  }
}

function settingsOf(urls: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(urls).map(([name, url]) => [`EMULATOR_URL_${name.toUpperCase()}`, url]))
}

async function prepare(mesh: BenchMesh) {
  const measured: Measured[] = []
  return { mesh, askers: await makeAskers(mesh, 5), measured }
}

async function deliberate(asker: Asker | undefined, question: string, controlUrl: string): Promise<Measured> {
  if (!asker) throw new Error('nobody to ask')
  const began = performance.now()
  const queryId = await asker.submit(question)
  const submitMs = performance.now() - began
  const end = await asker.ended(queryId)
  const wallMs = performance.now() - began
  if (end !== 'query_completed') throw new Error(`the query ended as ${end}`)
  const planned = await plannedStages(controlUrl, question)
  const { rounds } = QueryDetail.parse(await asker.get(`/queries/${queryId}`))
  const called = slowestOf(
    rounds.flatMap(({ round, turns }) =>
      turns.map((turn) => ({
        stage: turn.purpose === 'synthesis' ? turn.turn_id : `${round} ${turn.purpose}`,
        ms: turn.latency_ms ?? 0,
      })),
    ),
  )
  return { wallMs, plannedMs: sum(planned), calledMs: sum(called), stages: planned.length, submitMs }
}

const Requests = z.object({
  data: z.array(
    z.object({ provider: z.string(), purpose: z.string(), question_hash: z.string(), planned_ms: z.number() }),
  ),
})

/** The slowest planned answer of each stage. A provider's second answer of a kind is of the next round, or another writer's. */
async function plannedStages(controlUrl: string, question: string): Promise<number[]> {
  const response = await fetch(`${controlUrl}/requests`)
  const { data } = Requests.parse(await response.json())
  const hash = createHash('sha256').update(question).digest('base64url').slice(0, 16)
  const seen = new Map<string, number>()
  return slowestOf(
    data
      .filter((request) => request.question_hash === hash)
      .map(({ provider, purpose, planned_ms: ms }) => {
        const kind = purpose === 'synthesis' ? purpose : `${purpose} ${provider}`
        const nth = (seen.get(kind) ?? 0) + 1
        seen.set(kind, nth)
        return { stage: `${purpose} ${nth}`, ms }
      }),
  )
}

function slowestOf(answers: readonly { stage: string; ms: number }[]): number[] {
  const slowest = new Map<string, number>()
  for (const { stage, ms } of answers) slowest.set(stage, Math.max(ms, slowest.get(stage) ?? 0))
  return [...slowest.values()]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

function rowsOf({ mesh: { name }, measured }: Subject, how: string, rest: Pick<Row, 'goal'>): Row[] {
  const ratios = measured.map(({ wallMs, plannedMs }) => wallMs / plannedMs)
  const mean = (of: (one: Measured) => number): number => sum(measured.map(of)) / measured.length
  const wall = mean(({ wallMs }) => wallMs)
  return [
    {
      what: `${name}, ${how}, against the models’ own times`,
      unit: 'ms',
      values: [wall, mean(({ plannedMs }) => plannedMs)],
      ...rest,
      note: `${measured.length} queries of ${mean(({ stages }) => stages).toFixed(1)} stages on average; ratios of single queries: median ${median(ratios).toFixed(3)}, largest ${Math.max(...ratios).toFixed(3)}`,
    },
    {
      what: `${name}, ${how}, against the turns’ latencies`,
      unit: 'ms',
      values: [wall, mean(({ calledMs }) => calledMs)],
    },
    {
      what: `${name}, ${how}, 202 with nine others at the same moment, p50`,
      unit: 'ms',
      values: [median(measured.map(({ submitMs }) => submitMs))],
    },
  ]
}
