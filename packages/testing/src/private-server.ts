import { execFile, spawn, spawnSync } from 'node:child_process'
import {
  chownSync,
  closeSync,
  constants,
  accessSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { patienceMs } from './patience.ts'

/** A folder of its own for one server, owned by the account the server runs as. */
export type Home = { folder: string; account: { uid: number; gid: number } | undefined; remove(): void }

export function createHome(name: string): Home {
  const folder = mkdtempSync(path.join(tmpdir(), `concord-${name}-`))
  const account = ordinaryAccount()
  if (account) chownSync(folder, account.uid, account.gid)
  return { folder, account, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) }
}

/** A folder inside a home, owned by the same account. */
export function createFolder(home: Home, name: string): string {
  const folder = path.join(home.folder, name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (home.account) chownSync(folder, home.account.uid, home.account.gid)
  return folder
}

/** PostgreSQL refuses to run as root, and the others need not: root gives way to `nobody`. */
function ordinaryAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const [, , uid, gid] =
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((line) => line.startsWith('nobody:'))
      ?.split(':') ?? []
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) }
}

/** A server that a test may kill. */
export type PrivateServer = {
  url: string
  origin: string
  /** Of all that it writes. */
  folder: string
  /** SIGKILL to all of it; resolves when it is gone. */
  kill(): Promise<void>
  /** The same server again, on the same port and what it had stored; kills it first where it still runs. */
  restart(): Promise<void>
  /** Ends it and removes its folder. */
  stop(): Promise<void>
}

export type PrivateProcess = { exited: Promise<void>; isRunning(): boolean; kill(signal: NodeJS.Signals): void }

/**
 * Starts a server in a process group of its own, so that Ctrl-C reaches only the process that stops it in order, and
 * so that everything which the server starts can be ended with it. Its output goes to `log` in the home.
 */
export function startProcess(
  home: Home,
  o: { command: string; args: readonly string[]; env?: NodeJS.ProcessEnv },
): PrivateProcess {
  const log = openSync(path.join(home.folder, 'log'), 'a')
  const child = spawn(o.command, o.args, {
    cwd: home.folder,
    env: { PATH: process.env['PATH'], HOME: home.folder, LANG: 'C.UTF-8', ...o.env },
    stdio: ['ignore', log, log],
    detached: true,
    ...home.account,
  })
  closeSync(log)
  writeFileSync(path.join(home.folder, `group-${path.basename(o.command)}`), String(child.pid ?? ''))
  let running = true
  const exited = new Promise<void>((resolve) => {
    const ended = (): void => {
      running = false
      resolve()
    }
    child.once('exit', ended)
    child.once('error', ended)
  })
  const kill = (signal: NodeJS.Signals): void => {
    if (!child.pid) return
    try {
      process.kill(-child.pid, signal)
    } catch {
      // The group is gone already.
    }
  }
  return { exited, isRunning: () => running, kill }
}

/** However this process ends, its end of the pipe closes, and the servers in these folders are ended and removed. */
export function endWithThisProcess(folders: readonly string[]): void {
  const commands = 'cat; for f in "$@"; do for g in "$f"/group-*; do kill -KILL "-$(cat "$g")"; done; rm -rf "$f"; done'
  const guard = spawn('sh', ['-c', commands, 'guard', ...folders], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
}

/** Runs a command to its end as the home's account. Throws with what the command said when it fails. */
export function runCommand(home: Home, o: { command: string; args: readonly string[] }): void {
  const result = spawnSync(o.command, o.args, {
    cwd: home.folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: home.folder, LANG: 'C.UTF-8' },
    ...home.account,
  })
  if (result.status !== 0)
    throw new Error(`${path.basename(o.command)} failed: ${result.error?.message ?? lastLines(result.stderr)}`)
}

/** The same beside this process's own work, for up to three minutes. */
export async function runCommandLater(
  { folder, account }: Home,
  o: { command: string; args: readonly string[]; env: NodeJS.ProcessEnv },
): Promise<void> {
  const env = { PATH: process.env['PATH'], HOME: folder, LANG: 'C.UTF-8', ...o.env }
  try {
    await promisify(execFile)(o.command, o.args, { cwd: folder, env, timeout: 2 * patienceMs, ...account })
  } catch (cause) {
    throw new Error(`${path.basename(o.command)} ${o.args.join(' ')} failed`, { cause })
  }
}

/** Waits until `probe` resolves. Rejects with the end of the server's log when it exits first or after `timeoutMs`. */
export async function untilReady(
  o: { name: string; home: Home; process: PrivateProcess; timeoutMs: number },
  probe: () => Promise<unknown>,
): Promise<void> {
  const deadline = performance.now() + o.timeoutMs
  for (;;) {
    try {
      await probe()
      return
    } catch (cause) {
      if (o.process.isRunning() && performance.now() < deadline) {
        await sleep(100)
        continue
      }
      const log = lastLines(readFileSync(path.join(o.home.folder, 'log'), 'utf8'))
      throw new Error(`${o.name} did not start. The end of its log:\n${log}`, { cause })
    }
  }
}

/** Ports that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listenAnywhere))
  const ports = servers.map(({ port }) => port)
  await Promise.all(servers.map(({ close }) => close()))
  return ports
}

function listenAnywhere(): Promise<{ port: number; close(): Promise<void> }> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') return reject(new Error('a TCP server has no port'))
      resolve({ port: address.port, close: () => new Promise((closed) => server.close(() => closed())) })
    })
  })
}

/** The first of the folders that holds an executable of this name; `PATH` is asked last. */
export function findExecutable(name: string, folders: readonly string[]): string | undefined {
  return [...folders, ...(process.env['PATH'] ?? '').split(path.delimiter)]
    .map((folder) => path.join(folder, name))
    .find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-12).join('\n')
}
