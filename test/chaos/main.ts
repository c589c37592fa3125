import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { toPage } from './report-page.ts'
import { toText } from './report-text.ts'
import { runChaos } from './run.ts'
import type { RunOptions } from './run.ts'

/** `npm run chaos -- [--minutes 30] [--seed 1] [--clients 6] [--report FOLDER] [--only PART-OF-A-FAULT'S-NAME] [--keep-logs]` */
const usage =
  'Usage: npm run chaos -- [--minutes 30] [--seed 1] [--clients 6] [--report chaos-report] [--only "kill -9"] [--keep-logs]'

function readArguments(): Omit<RunOptions, 'folder'> & { report: string; keepLogs: boolean } {
  const options = {
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    clients: { type: 'string', default: '6' },
    report: { type: 'string', default: 'chaos-report' },
    only: { type: 'string' },
    'keep-logs': { type: 'boolean', default: false },
  } as const
  const { values } = parseArgs({ args: process.argv.slice(2), options })
  const [minutes, seed, clients] = [Number(values.minutes), Number(values.seed), Number(values.clients)]
  if (!(minutes > 0) || !Number.isSafeInteger(seed) || !(clients >= 1 && clients <= 50)) throw new Error(usage)
  return {
    seconds: minutes * 60,
    seed,
    clients,
    report: path.resolve(process.env['INIT_CWD'] ?? '', values.report),
    only: values.only,
    keepLogs: values['keep-logs'],
  }
}

const { report: folder, keepLogs, ...options } = readArguments()
const logs = path.join(folder, 'mesh')
await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
const report = await runChaos({ ...options, folder: logs }, (line) => process.stderr.write(`${line}\n`))
await writeFile(path.join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
await writeFile(path.join(folder, 'report.html'), toPage(report))
process.stdout.write(`${toText(report)}\nThe whole report: ${path.join(folder, 'report.html')}, report.json\n`)
if (report.clean && !keepLogs) await rm(logs, { recursive: true, force: true })
else process.stdout.write(`The services' logs: ${logs}\n`)
process.exit(report.clean ? 0 : 1)
