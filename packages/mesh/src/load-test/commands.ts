import { readFile } from 'node:fs/promises'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { loadConfig } from '@concord/service-kit/config'
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { z } from 'zod'
import { publicUrl } from '../choose-port.ts'
import { helpWith, wholeNumberOption } from '../command-line.ts'
import { PlainError, UsageError } from '../plain-error.ts'
import { onStop } from '../stop-signals.ts'
import { MeshConfig } from '../settings.ts'
import { answer, liveLine, note } from '../terminal.ts'
import { runningMesh } from '../runtime-file.ts'
import { openAccounts } from './accounts.ts'
import type { Credentials } from './accounts.ts'
import { createClient, whyNot } from './client.ts'
import type { Client } from './client.ts'
import { readMix } from './questions.ts'
import { isGood, loadReport, loadText } from './report.ts'
import { runLoad } from './run.ts'
import { createTally } from './tally.ts'
import type { Tally } from './tally.ts'

type Options = {
  url?: string
  queries?: number
  duration?: number
  concurrency: number
  mix: string
  models?: string
  debateRounds?: number
  deadline: number
  email?: string
  passwordFile?: string
  caFile?: string
  insecure?: boolean
  json?: boolean
}

const Keys = z.object({ CONCORD_API_KEY: z.string().min(8).optional() })
const queriesUnlessTold = 50

export function addLoadTestCommand(program: Command): void {
  program
    .command('loadtest')
    .description('ask many questions at once, follow each to its end, and count what became of them')
    .option('--url <address>', 'of the mesh; the one that runs on this data folder unless told')
    .option(
      '--queries <n>',
      `how many (${queriesUnlessTold}, or no limit with --duration)`,
      wholeNumberOption({ min: 1, max: 10_000_000 }),
    )
    .option('--duration <time>', 'for how long to ask, such as 90s, 10m or 2h', readDuration)
    .option('--concurrency <n>', 'how many at a time', wholeNumberOption({ min: 1, max: 2_000 }), 8)
    .option('--mix <kinds>', 'kinds of questions with their weights', 'number=2,boolean=1,choice=1,open=1')
    .option('--models <names>', 'the panel, such as gpt5,claude; the mesh’s own unless told')
    .option('--debate-rounds <n>', 'rounds of debate', wholeNumberOption({ min: 0, max: 5 }))
    .option(
      '--deadline <s>',
      'seconds that each may take; 30 s later it counts as stuck',
      wholeNumberOption({ min: 5, max: 600 }),
      120,
    )
    .option('--email <address>', 'ask in the name of this account; with --password-file')
    .option('--password-file <path>', 'file that holds its password')
    .option('--ca-file <path>', 'certificates to trust besides the known ones, as PEM')
    .option('--insecure', 'believe any certificate, such as a development one')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      helpWith({
        more: `Each submission carries an Idempotency-Key and is sent again until it is answered; each accepted query is followed by its stream of
events. Without credentials accounts are registered, each good for its plan’s queries of the day; they stay, with their queries.
Ctrl-C ends it with the report. Status 1: something accepted was lost or stuck, or nothing was accepted.`,
        examples: [
          'concord loadtest --queries 100 --concurrency 20',
          'concord loadtest --url https://localhost --insecure --duration 5m --json > report.json',
          'CONCORD_API_KEY=… concord loadtest --url https://concord.example --queries 1000 --mix number=1',
        ],
        settings: [
          'CONCORD_API_KEY    key of the account to ask for (also as CONCORD_API_KEY_FILE)',
          'CONCORD_DATA_DIR   folder of the embedded mesh (.concord), which tells its address; else PUBLIC_URL or PORT do',
          'NO_COLOR           no colours',
        ],
      }),
    )
    .action(loadTest)
}

async function loadTest(options: Options): Promise<void> {
  const mix = readMix(options.mix)
  const credentials = await readCredentials(options)
  await trust(options)
  const client = createClient(readUrl(options.url))
  await requireAnswer(client)

  const stopping = new AbortController()
  onStop(() => stopping.abort())
  const accounts = await openAccounts(client, credentials)
  const tally = createTally()
  const startedAt = new Date()
  const load = {
    mix,
    concurrency: options.concurrency,
    deadlineS: options.deadline,
    stuckAfterMs: 30_000,
    graceMs: 4_000,
    queries: options.queries ?? (options.duration === undefined ? queriesUnlessTold : Number.POSITIVE_INFINITY),
    untilMs: startedAt.getTime() + (options.duration ?? Number.POSITIVE_INFINITY),
    settings: {
      ...(options.models === undefined ? {} : { models: options.models.split(',').map((name) => name.trim()) }),
      ...(options.debateRounds === undefined ? {} : { debate_rounds: options.debateRounds }),
    },
  }
  const endProgress = showProgress(tally, startedAt)
  stopping.signal.addEventListener('abort', () => note('Stopping; what is under way is looked at once more …'))
  const endedEarly = await runLoad({ client, accounts, load, tally }, stopping.signal).finally(endProgress)

  const elapsedMs = Date.now() - startedAt.getTime()
  const registered = accounts.registered()
  const report = loadReport(tally, { url: client.url, startedAt, elapsedMs, endedEarly, registered })
  answer(options, report, loadText(report))
  process.exitCode = isGood(report) ? 0 : 1
}

function showProgress(tally: Tally, startedAt: Date): () => void {
  const line = liveLine()
  const timer = setInterval(() => {
    const { accepted, completed, failed, lost, stuck } = tally.counts
    const { answer: times } = tally.latencies()
    const seconds = Math.round((Date.now() - startedAt.getTime()) / 1_000)
    const p95 = times ? `, p95 ${times.p95} ms` : ''
    line.show(
      `${seconds} s: ${accepted} accepted, ${tally.running()} running, ${completed} completed, ${failed} failed, ${lost} lost, ${stuck} stuck${p95}`,
    )
  }, 500)
  return () => {
    clearInterval(timer)
    line.end()
  }
}

function readUrl(given: string | undefined): string {
  const config = loadConfig(MeshConfig, process.env)
  const [running] = runningMesh(config.CONCORD_DATA_DIR)?.services['gateway'] ?? []
  const text = given ?? running ?? config.PUBLIC_URL ?? publicUrl(config.HOST, config.PORT)
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--url: ${text} is no address such as https://localhost.`)
  return url.href.replace(/\/$/, '')
}

async function requireAnswer(client: Client): Promise<void> {
  const { status } = await client.call({ path: '/health' }).catch((error: unknown) => {
    throw new PlainError(`Nothing answers at ${client.url} (${whyNot(error)}).`)
  })
  if (status !== 200)
    throw new PlainError(`What listens at ${client.url} is no mesh that can be asked: /health answers ${status}.`)
}

async function readCredentials({ email, passwordFile }: Options): Promise<Credentials> {
  if ((email === undefined) !== (passwordFile === undefined))
    throw new UsageError('--email and --password-file go together.')
  if (email !== undefined && passwordFile !== undefined)
    return { email, password: (await readText(passwordFile)).trim() }
  const { CONCORD_API_KEY: apiKey } = loadConfig(Keys, process.env)
  return apiKey === undefined ? undefined : { apiKey }
}

async function trust({ caFile, insecure }: Options): Promise<void> {
  if (insecure) {
    // What Node would say of it has been said by whoever typed the option.
    process.removeAllListeners('warning')
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  }
  if (caFile !== undefined) setDefaultCACertificates([...getCACertificates('default'), await readText(caFile)])
}

async function readText(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => {
    throw new PlainError(`The file ${file} cannot be read.`)
  })
}

const unitsMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 }

/** `90s`, `10m`, `2h`; a bare number is seconds. */
export function readDuration(text: string): number {
  const [, digits, unit = 's'] = /^(\d{1,6})([smh]?)$/.exec(text) ?? []
  const ms = Number(digits) * (unitsMs[unit || 's'] ?? Number.NaN)
  if (!(ms >= 1_000)) throw new InvalidArgumentError('A time such as 90s, 10m or 2h is expected.')
  return ms
}
