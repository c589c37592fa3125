import { parseArgs } from 'node:util'
import { measureAll } from './measure.ts'
import { generateQuestions } from './questions.ts'

/** `npm run debate`: what a debate does to the answers of a council in which one model lies. */
const usage = 'Usage: npm run debate -- [--questions 500] [--seed 1] [--wrong-rate 0.25] [--gullible]\n'
const values = readArguments()
const [count, seed, wrongRate] = [Number(values.questions), Number(values.seed), Number(values['wrong-rate'])]
if (
  !Number.isInteger(count) ||
  count < 1 ||
  count > 100_000 ||
  !Number.isInteger(seed) ||
  !(wrongRate >= 0 && wrongRate <= 1)
) {
  process.stderr.write(usage)
  process.exit(1)
}

const percent = (right: number, of: number) => `${((100 * right) / of).toFixed(1)} %`
const rows = measureAll(generateQuestions(count, seed), { seed, wrongRate, gullible: values.gullible }).map((row) => [
  `1 of ${row.truthful + 1}`,
  row.tactic,
  percent(row.withoutDebate, row.questions),
  percent(row.withDebate, row.questions),
  String(row.mended),
  String(row.spoilt),
])
const table = [['liars', 'tactic', 'without debate', 'with debate', 'mended', 'spoilt'], ...rows]
const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
const lines = table.map((row) =>
  row
    .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
    .join('  '),
)
process.stdout.write(`${lines.join('\n')}\n`)

function readArguments() {
  try {
    const { values: given } = parseArgs({
      options: {
        questions: { type: 'string', default: '500' },
        seed: { type: 'string', default: '1' },
        'wrong-rate': { type: 'string', default: '0.25' },
        gullible: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (!given.help) return given
    process.stdout.write(usage)
    process.exit(0)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : 'unreadable arguments'}\n${usage}`)
    process.exit(1)
  }
}
