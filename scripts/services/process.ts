import { execFile, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { PlainError } from '../../packages/mesh/src/plain-error.ts'

export type ServiceProcess = {
  name: string
  pid: number
  log: string
  hasEnded(): boolean
  /** Resolves when it is gone, with whether that was asked for. */
  ended: Promise<{ asked: boolean }>
  /** Over the channel that ends it with its parent. */
  send(message: object): void
  /** SIGKILL, as from outside: nobody asked for its end. */
  kill(): void
  stop(): Promise<void>
}

const stopWithinMs = 8_000
const readyWithinMs = 180_000
const source = ['--conditions=@concord/source']

/** Ends a service whose parent was killed: the channel between them closes then. */
const endWithParent = `process.once('disconnect', () => process.kill(process.pid, 'SIGTERM')); process.channel?.unref()`

type Start = {
  name: string
  file: string
  environment: Record<string, string>
  log: string
  /** Modules that are loaded before the service. */
  preload?: readonly string[]
  say(line: string): void
}

/**
 * Starts one service in a process group of its own, so that a terminal's Ctrl-C reaches it once, through `stop`. Its log
 * goes to a file; its end, when nobody asked for it, is told.
 */
export function startProcess({ name, file, environment, log, preload = [], say }: Start): ServiceProcess {
  const output = openSync(log, 'a', 0o600)
  const child = spawn(
    process.execPath,
    [...source, ...[...preload, inline(endWithParent)].map((module) => `--import=${module}`), file],
    {
      env: environment,
      stdio: ['ignore', output, output, 'ipc'],
      detached: true,
    },
  )
  closeSync(output)
  let ended = false
  let asked = false
  const exited = new Promise<{ asked: boolean }>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true
      if (!asked) say(`${name}: process ${child.pid} has ended (${signal ?? `status ${code}`})`)
      resolve({ asked })
    })
  })
  return {
    name,
    pid: child.pid ?? 0,
    log,
    hasEnded: () => ended,
    ended: exited,
    send: (message) => void (child.connected && child.send(message)),
    kill: () => void child.kill('SIGKILL'),
    async stop() {
      asked = true
      if (ended) return
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
      await exited
      clearTimeout(late)
    },
  }
}

function inline(code: string): string {
  return `data:text/javascript,${encodeURIComponent(code)}`
}

/** Waits for `/ready`. Throws a PlainError with the end of the log when the process ends or takes too long. */
export async function untilReady(
  service: Pick<ServiceProcess, 'name' | 'log' | 'hasEnded'>,
  { host, port }: { host: string; port: number },
): Promise<void> {
  const deadline = performance.now() + readyWithinMs
  while (!service.hasEnded() && performance.now() < deadline) {
    if (await isReady(`http://${host}:${port}/ready`)) return
    await sleep(100)
  }
  const lines = readFileSync(service.log, 'utf8').trim().split('\n')
  throw new PlainError(`${service.name} did not become ready: ${lines.at(-1)}`)
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    return response.ok
  } catch {
    return false
  }
}

/** Brings one service's schema up to date. Throws a PlainError with what it said when it fails. */
export async function migrateService(name: string, environment: Record<string, string>): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [...source, `services/${name}/src/main.ts`, 'migrate'], {
      env: environment,
    })
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error)
    throw new PlainError(`The migrations of ${name} failed: ${said}`)
  }
}
