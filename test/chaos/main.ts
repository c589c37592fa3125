import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { openGround } from './ground.ts'
import { toPage } from './report-page.ts'
import { toText } from './report-text.ts'
import { runChaos } from './run.ts'
import type { Report, RunOptions } from './run.ts'

const usage = `Usage: npm run chaos -- [--minutes 30] [--seed 1] [--seeds 10] [--clients 6] [--report chaos-report] [--only "kill -9"] [--keep-logs]
  --minutes  of faults, for each seed
  --seed     which faults come, and when
  --seeds    how many seeds, from --seed on, one after the other on one mesh
  --clients  users at work
  --report   folder of report.json and report.html; with several seeds, of one folder for each
  --only     faults whose name has this in it`

type Arguments = Omit<RunOptions, 'seed'> & { seeds: number[]; folder: string; keepLogs: boolean }

function readArguments(): Arguments {
  const options = {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string', default: '1' },
    clients: { type: 'string', default: '6' },
    report: { type: 'string', default: 'chaos-report' },
    only: { type: 'string' },
    'keep-logs': { type: 'boolean', default: false },
  } as const
  const { values } = parseArgs({ args: process.argv.slice(2), options })
  const [minutes, seed, seeds, clients] = [values.minutes, values.seed, values.seeds, values.clients].map(Number)
  if (!minutes || minutes < 0 || !Number.isSafeInteger(seed) || !isCount(seeds, 100) || !isCount(clients, 50))
    throw new RangeError('a number is out of its range')
  return {
    seconds: minutes * 60,
    seeds: Array.from({ length: seeds }, (_, index) => Number(seed) + index),
    clients,
    folder: path.resolve(process.env['INIT_CWD'] ?? '', values.report),
    only: values.only,
    keepLogs: values['keep-logs'],
  }
}

function isCount(value: number | undefined, most: number): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 1 && value <= most
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Runs every seed; gives whether all were clean. */
async function run({ seeds, folder, keepLogs, ...options }: Arguments): Promise<boolean> {
  const logs = path.join(folder, 'mesh')
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const ground = await openGround(logs, say)
  let clean = true
  try {
    for (const seed of seeds) {
      const report = await runChaos(ground, { ...options, seed }, say)
      clean &&= report.clean
      await write(report, seeds.length === 1 ? folder : path.join(folder, `seed-${seed}`))
    }
  } finally {
    await ground.close()
  }
  if (clean && !keepLogs) await rm(logs, { recursive: true, force: true })
  else process.stdout.write(`The services' logs: ${logs}\n`)
  return clean
}

async function write(report: Report, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(path.join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(path.join(folder, 'report.html'), toPage(report))
  process.stdout.write(`${toText(report)}\nThe whole report: ${path.join(folder, 'report.html')}, report.json\n`)
}

let given: Arguments
try {
  given = readArguments()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
  process.exit(2)
}
process.exit((await run(given)) ? 0 : 1)
