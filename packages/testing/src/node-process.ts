import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { patienceMs } from './patience.ts'

/** Of this repository. */
export const root = fileURLToPath(new URL('../../..', import.meta.url))
const compileCache = path.join(root, 'node_modules', '.cache', 'node')

export type Exit = { code: number | null; signal: NodeJS.Signals | null }

export type NodeProcess = {
  pid: number
  /** What it has written so far. */
  stdout(): string
  stderr(): string
  exited: Promise<Exit>
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>
  /** Closes its channel, as the start script does, or sends a signal; resolves with its exit. */
  stop(signal?: NodeJS.Signals): Promise<Exit>
}

export type NodeProcessOptions = {
  args: readonly string[]
  environment: Readonly<Record<string, string>>
  /** A channel, so that the process ends when the test's own process does. On unless told. */
  channel?: boolean
  /** A process group of its own, which signals can be sent to as a terminal does. */
  group?: boolean
}

/** Runs Node on this repository with exactly the environment given, besides PATH and HOME. */
export function spawnNode({ args, environment, channel = true, group = false }: NodeProcessOptions): NodeProcess {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd: root,
    detached: group,
    env: { PATH, HOME, NODE_COMPILE_CACHE: compileCache, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', ...(channel ? ['ipc' as const] : [])],
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  // 'close' does not come after a disconnect; what was written last needs a moment after 'exit'.
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => setTimeout(() => resolve({ code, signal }), 50))
  })
  return {
    pid: child.pid ?? 0,
    stdout,
    stderr,
    exited,
    async kill() {
      child.kill('SIGKILL')
      await exited
    },
    async stop(signal) {
      if (signal) child.kill(signal)
      else if (child.connected) child.disconnect()
      return exited
    },
  }
}

/** Waits until the process has written what matches; rejects with its output when it ends first or takes too long. */
export async function untilWritten(
  child: NodeProcess,
  pattern: RegExp,
  withinMs = patienceMs,
): Promise<RegExpExecArray> {
  const giveUpAt = Date.now() + withinMs
  let exit: Exit | undefined
  void child.exited.then((how) => (exit = how))
  for (;;) {
    const found = pattern.exec(child.stdout())
    if (found) return found
    if (exit || Date.now() > giveUpAt) {
      await child.kill()
      const how = exit ? `ended with ${exit.code ?? exit.signal}` : `was not ready within ${withinMs} ms`
      throw new Error(`the process ${how}:\n${child.stdout()}${child.stderr()}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** A port that nobody listens on, below those that systems give to outgoing connections, so that none of them takes it meanwhile. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = randomInt(20_000, 32_000)
    if (await isFree(port)) return port
  }
  throw new Error('no free port')
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ host: '127.0.0.1', port }, () => server.close(() => resolve(true)))
  })
}

function collect(stream: ChildProcess['stdout']): () => string {
  let text = ''
  stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  return () => text
}
