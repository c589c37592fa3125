import { setTimeout as sleep } from 'node:timers/promises'
import type { EmulatedRequest } from '@concord/testing/emulator-control'
import { seeded } from '../e2e/seeded.ts'
import { isClean, judge } from './audit.ts'
import type { Verdict } from './audit.ts'
import { faults } from './faults.ts'
import type { Fault } from './faults.ts'
import { errorsByKind, figuresOf } from './figures.ts'
import type { FaultFigures } from './figures.ts'
import type { Ground } from './ground.ts'
import { startLoad } from './load.ts'
import type { Load } from './load.ts'
import type { FaultWindow, Sample } from './observations.ts'
import { countRunning, readAskedAgain, readCounted, readStored } from './read-state.ts'
import type { Stored } from './read-state.ts'

export type RunOptions = { seed: number; seconds: number; clients: number; only: string | undefined }

export type Report = {
  seed: number
  startedAt: string
  seconds: number
  clients: number
  clean: boolean
  verdict: Verdict
  faults: FaultFigures[]
  /** Why queries failed, by code. */
  failures: Record<string, number>
  errors: Record<string, number>
  surprises: string[]
  samples: Sample[]
}

const calmMs = 4_000
/** What a sweep, a writer and a client that comes again may need beyond a deadline, on a machine that is busy. */
const usualGraceMs = 30_000
const settleWithinMs = 180_000

/** One chaos run: load by users of its own, one fault after another, and what has become of all that was accepted. */
export async function runChaos(ground: Ground, options: RunOptions, say: (line: string) => void): Promise<Report> {
  const { seed, seconds, clients } = options
  const startedAt = Date.now()
  const beganAt = performance.now()
  const now = (): number => performance.now() - beganAt
  const random = seeded(seed)
  const requests = watchRequests(ground)
  // Draws of its own: how often clients draw depends on the machine, and which faults come must not.
  const load = await startLoad({ url: ground.url, admin: await ground.admin(), clients, now, random: seeded(seed + 1) })
  await sleep(calmMs)
  const untilMs = now() + seconds * 1_000
  const windows = await strikeAll({ ground, random, now, untilMs, say, only: options.only })
  say('the faults are over; what was accepted comes to its end')
  await load.finish()
  await settle(ground, say)
  return assess({ ...options, startedAt, ground, load, windows, requests: await requests.all() })
}

type Striking = {
  ground: Ground
  random(): number
  now(): number
  untilMs: number
  only: string | undefined
  say(line: string): void
}

/** Every fault once in an order of the seed, then in another, until the time is over. */
async function strikeAll({ untilMs, only, ...o }: Striking): Promise<FaultWindow[]> {
  const windows: FaultWindow[] = []
  const chosen = faults.filter(({ name }) => only === undefined || name.includes(only))
  if (chosen.length === 0)
    throw new Error(`there is no fault ${only}; there are: ${faults.map(({ name }) => name).join('; ')}`)
  for (;;) {
    for (const fault of shuffled(chosen, o.random)) {
      if (o.now() >= untilMs) return windows
      windows.push(await strikeOne(fault, o))
      await sleep(calmMs)
    }
  }
}

async function strikeOne(
  fault: Fault,
  { ground, random, now, say }: Omit<Striking, 'untilMs' | 'only'>,
): Promise<FaultWindow> {
  const [least, most] = fault.holdsS
  const holdsMs = (least + random() * (most - least)) * 1_000
  // The same draws whatever they are used for, so that the schedule of a seed does not depend on what it meets.
  const draws = Array.from({ length: 4 }, random).values()
  const startedAtMs = now()
  const window: FaultWindow = { name: fault.name, target: '', startedAtMs, healedAtMs: startedAtMs }
  try {
    const { target, heal } = await fault.strike(ground, () => draws.next().value ?? 0)
    window.target = target
    say(`${inSeconds(startedAtMs)} ${fault.name}: ${target}`)
    await sleep(holdsMs)
    await heal()
  } catch (error) {
    window.failure = String(error instanceof Error ? error.message : error)
    say(`${fault.name} could not be made or undone: ${window.failure}`)
  }
  window.healedAtMs = now()
  say(`${inSeconds(window.healedAtMs)} over`)
  return window
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1).padStart(7)} s`
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const ranked = items.map((item) => ({ item, rank: random() }))
  return ranked.toSorted((a, b) => a.rank - b.rank).map(({ item }) => item)
}

/** Collects what providers are asked, which the emulators keep for a while only. */
function watchRequests(ground: Ground): { all(): Promise<EmulatedRequest[]> } {
  const seen = new Map<number, EmulatedRequest>()
  const look = async (): Promise<void> => {
    for (const request of await ground.emulators.requests()) seen.set(request.id, request)
  }
  const timer = setInterval(() => void look().catch(() => {}), 5_000)
  return {
    async all() {
      clearInterval(timer)
      await look()
      return [...seen.values()]
    },
  }
}

/** Waits until nothing runs any more, or for as long as the longest deadline and its grace. */
async function settle({ servers }: Ground, say: (line: string) => void): Promise<void> {
  const giveUpAt = performance.now() + settleWithinMs
  for (;;) {
    const running = await countRunning(servers.postgres.url)
    if (running === 0) return
    if (performance.now() > giveUpAt) return say(`${running} queries still run`)
    await sleep(1_000)
  }
}

type Assessed = RunOptions & {
  startedAt: number
  ground: Ground
  load: Load
  windows: readonly FaultWindow[]
  requests: readonly EmulatedRequest[]
}

async function assess(o: Assessed): Promise<Report> {
  const { ground, load, windows, requests } = o
  const databaseUrl = ground.servers.postgres.url
  const stored = asObserved(await readStored(ground.url, databaseUrl, load.keys), load)
  const ofTheLoad = new Set(load.keys.keys())
  const verdict = judge({
    asked: load.asked,
    stored,
    counted: (await readCounted(databaseUrl)).filter(({ user }) => ofTheLoad.has(user)),
    askedAgain: await readAskedAgain(databaseUrl, requests, load.asked),
    graceMs: ({ createdAt, completedAt = Infinity }) =>
      usualGraceMs + overlapMs(windows, createdAt - o.startedAt, completedAt - o.startedAt),
  })
  const codes = stored.flatMap(({ status, errorCode }) => (status === 'failed' ? [errorCode ?? 'no reason'] : []))
  return {
    seed: o.seed,
    startedAt: new Date(o.startedAt).toISOString(),
    seconds: o.seconds,
    clients: o.clients,
    clean: isClean(verdict) && load.surprises.length === 0 && windows.every(({ failure }) => failure === undefined),
    verdict,
    faults: windows.map((window) => figuresOf(window, load.samples)),
    failures: Object.fromEntries([...Map.groupBy(codes, (code) => code)].map(([code, all]) => [code, all.length])),
    errors: errorsByKind(load.samples),
    surprises: load.surprises,
    samples: load.samples,
  }
}

/**
 * Times of a query by its client's clock where that is shorter: those that are stored come from the services' clocks, which the run
 * moves.
 */
function asObserved(stored: readonly Stored[], { asked }: Load): Stored[] {
  const observed = new Map(asked.flatMap((one) => (one.ids[0] === undefined ? [] : [[one.ids[0], one]])))
  return stored.map((query) => {
    const { acceptedAtMs, endedAtMs, deadlineS } = observed.get(query.id) ?? {}
    if (query.completedAt === undefined || acceptedAtMs === undefined || endedAtMs === undefined || !deadlineS)
      return query
    const tookMs = Math.min(Math.abs(query.completedAt - query.createdAt), endedAtMs - acceptedAtMs)
    return { ...query, completedAt: query.createdAt + tookMs, deadlineAt: query.createdAt + deadlineS * 1_000 }
  })
}

function overlapMs(windows: readonly FaultWindow[], fromMs: number, toMs: number): number {
  return windows
    .map(({ startedAtMs, healedAtMs }) => Math.min(healedAtMs, toMs) - Math.max(startedAtMs, fromMs))
    .reduce((sum, ms) => sum + Math.max(0, ms), 0)
}
