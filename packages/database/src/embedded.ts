import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, extname, join, resolve } from 'node:path'
import { isCreated } from './embedded-folder.ts'
import { parseAnswer } from './embedded-orders.ts'
import type { Answer, Order } from './embedded-orders.ts'
import type { Log } from './log.ts'

// The optimizing compiler of WebAssembly costs 85 MB and the first seconds' processor time for a third more speed later.
const execArgv = ['--disable-warning=ExperimentalWarning', '--liftoff-only']
const stopGraceMs = 5_000
const maxStderr = 4_000

/** The embedded database cannot be had; the message tells a person why. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = 'EmbeddedDatabaseError'
}

export type EmbeddedDatabase = { url: string; stop(): Promise<void> }

/**
 * Starts PostgreSQL (PGlite) in a child process and answers with the URL under which ordinary `pg` reaches it, on loopback
 * with a password made for this run. `dataDir` undefined keeps everything in memory. One process may hold a folder: a second
 * one is refused with an error that names it; what a killed holder left is taken over, and loses nothing that was committed.
 * The child ends when this process does, however that ends. `onExit` is called when it ends unasked.
 */
export async function startEmbedded(options: {
  dataDir: string | undefined
  logger?: Log
  onExit?: (code: number | null) => void
}): Promise<EmbeddedDatabase> {
  const folder = options.dataDir === undefined ? undefined : resolve(options.dataDir)
  const seed = await seedArchive()
  const password = randomBytes(24).toString('hex')
  if (folder !== undefined && !isCreated(folder)) await order({ kind: 'create', folder, seed: seed.path })
  const { child, answer } = await order({ kind: 'serve', folder, seed: seed.path, password }, options.logger)
  await seed.discard()
  if (answer.kind !== 'ready') throw new Error('the embedded database did not start')
  let stopping: Promise<void> | undefined
  const ended = new Promise<void>((done) => {
    child.once('exit', (code) => {
      done()
      if (stopping) return
      options.logger?.error({ code }, 'the embedded database ended')
      options.onExit?.(code)
    })
  })
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${answer.port}/postgres`,
    stop: () => (stopping ??= stop(child, ended)),
  }
}

/** Disconnecting is what the child takes for the end, whether it is meant or its parent was killed. */
async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), stopGraceMs)
  if (child.connected) child.disconnect()
  await ended
  clearTimeout(timer)
}

/** The archive of an empty database, made once for all (some seconds) and kept beside the installed packages if possible. */
async function seedArchive(): Promise<{ path: string; discard(): Promise<void> }> {
  const kept = seedPath()
  if (existsSync(kept)) return { path: kept, discard: async () => {} }
  try {
    await order({ kind: 'seed', path: kept })
    return { path: kept, discard: async () => {} }
  } catch {
    // A folder that cannot be written to: then for this start only.
    const folder = await mkdtemp(join(tmpdir(), 'concord-seed-'))
    const path = join(folder, 'seed.tar.gz')
    await order({ kind: 'seed', path })
    return { path, discard: () => rm(folder, { recursive: true, force: true }) }
  }
}

function seedPath(): string {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite')
  const modules = entry.slice(0, entry.indexOf('node_modules') + 'node_modules'.length)
  const version = /pglite@(\d[\d.]*)/.exec(entry)?.[1] ?? 'current'
  return join(modules, '.cache', 'concord', `pglite-${version}.tar.gz`)
}

/** Starts the child with one order; rejects with what it says when it fails, and when it ends before it has answered. */
function order(message: Order, logger?: Log): Promise<{ child: ChildProcess; answer: Answer }> {
  const extension = extname(import.meta.filename)
  const child = fork(join(dirname(import.meta.filename), `embedded-child${extension}`), {
    execArgv,
    env: childEnvironment(),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // A terminal's Ctrl-C goes to the whole group, and finds a child that is still loading without its handlers.
    detached: true,
  })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-maxStderr)
    logger?.warn({ stderr: text.trimEnd().slice(0, maxStderr) }, 'the embedded database says')
  })
  return new Promise((settle, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      reject(new EmbeddedDatabaseError(`The embedded database ended at its start (${signal ?? code}) ${stderr}`.trim()))
    })
    child.once('message', (raw: unknown) => {
      const answer = parseAnswer(raw)
      if (answer.kind === 'failed')
        reject(new EmbeddedDatabaseError(`The embedded database did not start: ${answer.message}`))
      else settle({ child, answer })
    })
    child.send(message, (error) => error && reject(error))
  })
}

/** No secret of this process reaches the engine's. */
function childEnvironment(): NodeJS.ProcessEnv {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'NODE_COMPILE_CACHE']
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  )
}
