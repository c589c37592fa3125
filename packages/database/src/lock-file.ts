import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/**
 * Makes this process the only holder of `path`. Throws when another living process holds it; a lock whose holder is dead
 * (killed, or its number given to another process since) is taken over. Returns the function that releases it.
 */
export function takeLock(path: string): () => void {
  const mine = JSON.stringify({ pid: process.pid, started: processStart(process.pid) })
  const draft = `${path}.${randomUUID()}`
  writeFileSync(draft, mine, { mode: 0o600 })
  try {
    // A link, unlike a write, either appears whole or fails because the name is taken.
    while (!tryLink(draft, path)) {
      const held = readIfThere(path)
      if (held === undefined) continue
      if (isHeld(held)) throw new LockHeldError(holderOf(held).pid)
      removeStale(path, held)
    }
  } finally {
    rmSync(draft, { force: true })
  }
  return () => {
    if (readIfThere(path) === mine) rmSync(path, { force: true })
  }
}

export class LockHeldError extends Error {
  override readonly name = 'LockHeldError'

  constructor(pid: number) {
    super(`held by process ${pid}`)
  }
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false
    throw error
  }
}

/** Two processes may find the same stale lock: whoever moved away a fresh one by mistake puts it back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.${randomUUID()}`
  try {
    renameSync(path, aside)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return
    throw error
  }
  if (readIfThere(aside) !== stale) tryLink(aside, path)
  rmSync(aside, { force: true })
}

function isHeld(held: string): boolean {
  const { pid, started } = holderOf(held)
  if (pid === nobody.pid || !isAlive(pid)) return false
  const now = processStart(pid)
  if (now === gone) return false
  return started === undefined || now === undefined || started === now
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return hasCode(error, 'EPERM')
  }
}

/** What tells a process from a later one of the same number; undefined where the system does not say. */
function processStart(pid: number): string | undefined {
  try {
    if (process.platform === 'win32') return undefined
    if (process.platform !== 'linux')
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)])
        .toString()
        .trim()
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The fields after the program's name, which may hold spaces and brackets itself: the state, …, the start (the 22nd).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Ended, but nobody has asked how: containers often lack the init that would.
    return fields[0] === 'Z' ? gone : `${boot} ${fields[19]}`
  } catch {
    return undefined
  }
}

function holderOf(held: string): { pid: number; started: string | undefined } {
  try {
    const parsed: unknown = JSON.parse(held)
    if (typeof parsed !== 'object' || parsed === null || !('pid' in parsed) || !Number.isSafeInteger(parsed.pid))
      return nobody
    const started = 'started' in parsed && typeof parsed.started === 'string' ? parsed.started : undefined
    return { pid: Number(parsed.pid), started }
  } catch {
    return nobody
  }
}

const nobody = { pid: 0, started: undefined }
const gone = 'gone'

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
