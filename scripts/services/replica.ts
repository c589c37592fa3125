import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startProcess, untilReady } from './process.ts'
import type { ServiceProcess } from './process.ts'

export type Place = { host: string; port: number }

export type Replica = {
  service: string
  index: number
  place: Place
  pid(): number
  /** Over the channel to its process, where it has one that runs. */
  send(message: object): void
  kill(): void
  /** As at an upgrade: a signal, its end, the same again; resolves when it is ready. */
  restart(): Promise<void>
  /** Resolves when it answers `/ready`. Throws a PlainError when it ends, unless it is started again, or takes too long. */
  untilReady(): Promise<void>
  stop(): Promise<void>
}

type Start = {
  service: string
  index: number
  file: string
  place: Place
  environment: Record<string, string>
  folder: string
  preload: readonly string[]
  /** Whether one that ended unasked is started again, as an orchestrator does it: at once, then later and later. */
  keepAlive: boolean
  say(line: string): void
}

const longestPauseMs = 5_000
const aliveForMs = 10_000

/** One process of a service that stays at its place, whichever process that is. */
export function startReplica({ service, index, place, folder, keepAlive, say, ...o }: Start): Replica {
  const log = path.join(folder, `${service}-${place.port}.log`)
  let stopped = false
  let failures = 0
  let running = launch()

  function launch(): ServiceProcess {
    const launched = startProcess({
      name: service,
      file: o.file,
      environment: o.environment,
      log,
      preload: o.preload,
      say,
    })
    say(`${service}: process ${launched.pid}, port ${place.port}, log ${log}`)
    if (keepAlive) void follow(launched, performance.now())
    return launched
  }

  async function follow(launched: ServiceProcess, startedAt: number): Promise<void> {
    const { asked } = await launched.ended
    if (asked || stopped) return
    failures = performance.now() - startedAt > aliveForMs ? 0 : failures + 1
    await sleep(failures === 0 ? 0 : Math.min(longestPauseMs, 250 * 2 ** failures))
    if (!stopped && running === launched) running = launch()
  }

  const becomeReady = (): Promise<void> =>
    untilReady({ log, name: service, hasEnded: () => !keepAlive && running.hasEnded() }, place)

  return {
    service,
    index,
    place,
    pid: () => running.pid,
    send: (message) => running.send(message),
    kill: () => running.kill(),
    async restart() {
      await running.stop()
      running = launch()
      await becomeReady()
    },
    untilReady: becomeReady,
    async stop() {
      stopped = true
      await running.stop()
    },
  }
}
