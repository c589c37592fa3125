import { execFile, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { PlainError } from '../../packages/mesh/src/plain-error.ts'

export type ServiceProcess = { name: string; pid: number; log: string; hasEnded(): boolean; stop(): Promise<void> }

const stopWithinMs = 8_000
const readyWithinMs = 60_000
const source = ['--conditions=@concord/source']

/** Ends a service whose parent was killed: the channel between them closes then. */
const endWithParent = `process.once('disconnect', () => process.kill(process.pid, 'SIGTERM')); process.channel?.unref()`

type Start = { name: string; file: string; environment: Record<string, string>; log: string; say(line: string): void }

/**
 * Starts one service in a process group of its own, so that a terminal's Ctrl-C reaches it once, through `stop`. Its log
 * goes to a file; its end, when nobody asked for it, is told.
 */
export function startProcess({ name, file, environment, log, say }: Start): ServiceProcess {
  const output = openSync(log, 'a', 0o600)
  const child = spawn(
    process.execPath,
    [...source, `--import=data:text/javascript,${encodeURIComponent(endWithParent)}`, file],
    {
      env: environment,
      stdio: ['ignore', output, output, 'ipc'],
      detached: true,
    },
  )
  closeSync(output)
  let ended = false
  let asked = false
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      ended = true
      if (!asked) say(`${name}: process ${child.pid} has ended (${signal ?? `status ${code}`})`)
      resolve()
    })
  })
  return {
    name,
    pid: child.pid ?? 0,
    log,
    hasEnded: () => ended,
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

/** Waits for `/ready`. Throws a PlainError with the end of the log when the process ends or takes too long. */
export async function untilReady(
  service: ServiceProcess,
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
