import { readFileSync, readdirSync } from 'node:fs'

const ticksPerSecond = 100

/** A process and all that it has started, as Linux counts them. */
export function processTree(pid: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const fields = statOf(Number(name))
    if (fields) parents.set(Number(name), Number(fields[1]))
  }
  const tree = [pid]
  for (const member of tree) for (const [child, parent] of parents) if (parent === member) tree.push(child)
  return tree
}

/** Resident megabytes of these processes together; what they share is counted in each. */
export function residentMb(pids: readonly number[]): number {
  const kilobytes = pids.map((pid) => Number(/^VmRSS:\s+(\d+)/m.exec(readProc(pid, 'status'))?.[1] ?? 0))
  return kilobytes.reduce((sum, value) => sum + value, 0) / 1_024
}

/** Milliseconds of CPU that these processes have used so far. */
export function cpuMs(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const fields = statOf(pid)
    return Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0)
  })
  return (ticks.reduce((sum, value) => sum + value, 0) * 1_000) / ticksPerSecond
}

/** Ticks of all processors since the start, and those in which they did something. */
export function machineCpu(): { busy: number; all: number } {
  const ticks = (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '').split(/\s+/).slice(1, 9).map(Number)
  const all = ticks.reduce((sum, value) => sum + value, 0)
  const [, , , idle = 0, waiting = 0] = ticks
  return { busy: all - idle - waiting, all }
}

/** The fields behind the command's name, which may itself hold spaces: state, parent, … */
function statOf(pid: number): string[] | undefined {
  const text = readProc(pid, 'stat')
  return text === '' ? undefined : text.slice(text.lastIndexOf(')') + 2).split(' ')
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
