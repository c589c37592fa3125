import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { bus } from './bus.ts'
import type { Context } from './context.ts'
import { door } from './door.ts'
import { growth } from './growth.ts'
import { idle } from './idle.ts'
import { live } from './live.ts'
import { memory } from './memory.ts'
import { overhead } from './overhead.ts'
import { findRealServers } from './real-servers.ts'
import type { RealServers } from './real-servers.ts'
import { toMarkdown } from './report.ts'
import type { Report } from './report.ts'
import { replicas } from './replicas.ts'
import { start } from './start.ts'
import { submit } from './submit.ts'
import { throughput } from './throughput.ts'
import { token } from './token.ts'
import { traces } from './traces.ts'
import { vault } from './vault.ts'

type Benchmark = (context: Context) => Promise<Report>

const inMinutes: Record<string, Benchmark> = {
  token,
  vault,
  bus,
  start,
  idle,
  submit,
  overhead,
  throughput,
  live,
  door,
  traces,
}
/** Run only when they are named: they take minutes each. */
const onDemand: Record<string, Benchmark> = { memory, growth, replicas }
const all = { ...inMinutes, ...onDemand }

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true })
const unknown = positionals.filter((name) => !(name in all))
if (unknown.length > 0) {
  process.stderr.write(`There is no benchmark ${unknown.join(', ')}; there are ${Object.keys(all).join(', ')}.\n`)
  process.exit(1)
}

const say = (line: string): void => void process.stderr.write(`${line}\n`)
let servers: Promise<RealServers> | undefined
const context: Context = { servers: () => (servers ??= findRealServers(say)), say }
const machine = `Node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores, ${new Date().toISOString().slice(0, 10)}`

const reports: Report[] = []
let failed = false
for (const name of positionals.length > 0 ? positionals : Object.keys(inMinutes)) {
  say(`${name} …`)
  try {
    const report = await all[name]?.(context)
    if (!report) continue
    reports.push(report)
    if (!values.json) process.stdout.write(`${toMarkdown(report)}\n`)
  } catch (error) {
    failed = true
    say(`${name} failed: ${error instanceof Error ? error.stack : String(error)}`)
  }
}
await servers?.then((found) => found.stop())
process.stdout.write(values.json ? `${JSON.stringify({ machine, reports }, null, 2)}\n` : `${machine}\n`)
process.exit(failed ? 1 : 0)
