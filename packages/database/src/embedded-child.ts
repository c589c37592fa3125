import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parseOrder } from './embedded-orders.ts'
import type { Answer, CreateOrder, Order, ServeOrder } from './embedded-orders.ts'
import { startFront } from './embedded-front.ts'
import { startHousekeeping } from './embedded-housekeeping.ts'
import { engineOf, makeSeed, openEngine } from './embedded-engine.ts'
import { EngineTurns } from './embedded-turns.ts'
import { LockHeldError, takeLock } from './lock-file.ts'
import * as wire from './wire.ts'

const idleTransactionMs = 30_000
const lockWaitMs = 3_000

// Ctrl-C reaches the whole group of processes; the end of this one is its parent's to decide, by disconnecting.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.once('message', (order: unknown) => void obey(parseOrder(order)))

async function obey(order: Order): Promise<void> {
  try {
    if (order.kind === 'serve') return await serve(order)
    if (order.kind === 'seed') await writeSeed(order.path)
    else await create(order)
    answer({ kind: 'done' })
    if (process.connected) process.disconnect()
  } catch (error) {
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) })
    process.exitCode = 1
    if (process.connected) process.disconnect()
  }
}

function giveUp(): void {
  process.exit(1)
}

async function serve(order: ServeOrder): Promise<void> {
  const release = order.folder === undefined ? () => {} : await takeLockSoon(order.folder)
  process.on('exit', release)
  // Until it serves, nobody has been answered: a parent that goes away ends the start.
  process.on('disconnect', giveUp)
  const pglite = await openEngine(order.folder, order.seed)
  const engine = engineOf(pglite)
  const shared = new EngineTurns({ engine, idleTransactionMs, onFailure: fail })
  const { rows } = await pglite.query<{ server_version: string }>('show server_version')
  const front = await startFront({ engine, shared, login: { password: order.password, greeting: greeting(rows[0]) } })
  const housekeeping = startHousekeeping(pglite, shared)
  process.off('disconnect', giveUp)
  process.once('disconnect', () => {
    housekeeping.stop()
    void front
      .close()
      .then(() => pglite.close())
      .then(() => process.exit(0), fail)
  })
  if (process.connected) answer({ kind: 'ready', port: front.port })
  else process.exit(1)
}

/** In a process of its own, since unpacking takes a few hundred megabytes that a process would not give back. */
async function create({ folder, seed }: CreateOrder): Promise<void> {
  const release = await takeLockSoon(folder)
  process.on('exit', release)
  const pglite = await openEngine(folder, seed)
  await pglite.close()
}

/** A killed parent's child needs a moment to notice and to let go. */
async function takeLockSoon(folder: string): Promise<() => void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const deadline = Date.now() + lockWaitMs
  for (;;) {
    try {
      return takeLock(join(folder, 'lock'))
    } catch (error) {
      if (!(error instanceof LockHeldError)) throw error
      if (Date.now() > deadline)
        throw new Error(`the data folder ${folder} is in use (${error.message})`, { cause: error })
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

async function writeSeed(path: string): Promise<void> {
  const seed = await makeSeed()
  const draft = `${path}.${process.pid}`
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(draft, seed)
  renameSync(draft, path)
}

function greeting(versions: { server_version: string } | undefined): Buffer[] {
  const parameters = {
    server_version: versions?.server_version ?? '',
    server_encoding: 'UTF8',
    client_encoding: 'UTF8',
    DateStyle: 'ISO, MDY',
    TimeZone: 'UTC',
    integer_datetimes: 'on',
    standard_conforming_strings: 'on',
  }
  return Object.entries(parameters).map(([name, value]) => wire.parameterStatus(name, value))
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  process.exit(70)
}

function answer(message: Answer): void {
  if (process.connected) process.send?.(message)
}
