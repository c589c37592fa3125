import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { apiClient, memberOf, registerUser, submitQuery } from '@concord/testing/api-client'
import type { ApiClient } from '@concord/testing/api-client'
import { startMeshProcess } from '@concord/testing/mesh-process'
import { completed } from '../e2e/api-page.ts'
import { mostVoted, readBallot } from './ballots.ts'
import { readCouncil, toRecording } from './recorded-council.ts'
import type { RecordedRound } from './recorded-council.ts'

/** `npm run council -- FILE`: plays recorded opening answers through the mesh and prints what it makes of them. */
const [file] = process.argv.slice(2)
if (file === undefined) {
  process.stderr.write('Usage: npm run council -- <recorded deliberations, .jsonl or .jsonl.gz>\n')
  process.exit(1)
}

const queriesPerUser = 10
const rounds = await readCouncil(path.resolve(process.env['INIT_CWD'] ?? '', file))
const folder = await mkdtemp(path.join(tmpdir(), 'concord-council-'))
const recordings = path.join(folder, 'recordings.jsonl')
await writeFile(recordings, rounds.map((round) => `${toRecording(round)}\n`).join(''))
const mesh = await startMeshProcess({ EMULATOR_RECORDINGS: recordings })
try {
  const played: Played[] = []
  for (let from = 0; from < rounds.length; from += queriesPerUser) {
    const { api } = await registerUser(apiClient(mesh.url))
    played.push(...(await Promise.all(rounds.slice(from, from + queriesPerUser).map((round) => play(api, round)))))
  }
  print(played)
} finally {
  await mesh.close()
  await rm(folder, { recursive: true, force: true })
}

type Played = {
  round: RecordedRound
  ballots: (string | undefined)[]
  implied: string[]
  answer: string
  outcome: string
  rounds: string
  isImplied: boolean
  isRight: boolean
}

async function play(api: ApiClient, round: RecordedRound): Promise<Played> {
  const kind = /^-?[\d.]+$/.test(round.gold) ? 'number' : 'letter'
  // The question's text, which would say what is asked for, is not in the data.
  const asked = kind === 'number' ? { answer_type: 'number' } : {}
  const id = await submitQuery(api, { query: round.question, ...asked })
  const results = await untilEnded(api, id)
  const ballots = round.answers.map(({ text }) => readBallot(text, kind))
  const implied = mostVoted(ballots)
  const consensus = completed.safeParse(results).data?.consensus
  const answer = consensus?.answer ?? 'none'
  return {
    round,
    ballots,
    implied,
    answer,
    outcome: consensus?.outcome ?? '–',
    rounds: String(consensus?.rounds_used ?? '–'),
    isImplied: implied.includes(answer),
    isRight: answer === round.gold,
  }
}

async function untilEnded(api: ApiClient, id: string): Promise<unknown> {
  for (;;) {
    const { body } = await api.get(`/queries/${id}/results`)
    if (memberOf(body, 'status') !== 'processing') return body
    await sleep(100)
  }
}

/** A question counts as right when most of its recorded rounds came out right. */
function print(played: readonly Played[]): void {
  const rows = played.map(({ round, ballots, implied, answer, outcome, rounds: used, isImplied, isRight }) => [
    round.question.replace(/^results_/, ''),
    round.gold,
    ballots.map((ballot) => ballot ?? '?').join(' '),
    implied.join(' or '),
    answer,
    outcome,
    used,
    isImplied ? 'yes' : 'NO',
    isRight ? 'yes' : 'no',
  ])
  const head = ['question', 'gold', 'ballots', 'implied', 'consensus', 'outcome', 'rounds', 'as implied', 'right']
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  const byQuestion = Map.groupBy(played, ({ round }) => round.name)
  const right = [...byQuestion.values()].filter((its) => its.filter(({ isRight }) => isRight).length * 2 > its.length)
  const count = (passes: (one: Played) => boolean): string => `${played.filter(passes).length} of ${played.length}`
  process.stdout.write(
    `${[line(head), ...rows.map(line)].join('\n')}\n
${right.length} of ${byQuestion.size} questions came out right (${count(({ isRight }) => isRight)} recorded rounds);
${count(({ isImplied }) => isImplied)} rounds ended as their ballots imply.\n`,
  )
}
