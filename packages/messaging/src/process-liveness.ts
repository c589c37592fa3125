import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

const alive = new Set<string>()

/** A name for a holder of leases, from which other processes on this host can tell whether it still runs. */
export function newOwner(): { name: string; retire(): void } {
  const name = `${hostname()}:${process.pid}:${randomUUID()}`
  alive.add(name)
  return { name, retire: () => void alive.delete(name) }
}

/** False only when it is certain; a holder on another host counts as running, and its lease has to end. */
export function mayBeAlive(owner: string): boolean {
  const [host, pidText] = owner.split(':')
  if (host !== hostname()) return true
  const pid = Number(pidText)
  // A restarted container gives the same process id again.
  return pid === process.pid ? alive.has(owner) : isRunning(pid)
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return !isZombie(pid)
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** A killed process that its parent has not collected still answers signals. */
function isZombie(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return false
  }
}
