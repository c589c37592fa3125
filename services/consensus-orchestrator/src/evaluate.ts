import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readArguments, usage, type Arguments } from './evaluation/arguments.ts'
import { evaluateBallots, type Evaluation } from './evaluation/evaluate-ballots.ts'
import { readQuestions, type Unreadable } from './evaluation/read-questions.ts'
import { reliabilityDiagram } from './evaluation/reliability-diagram.ts'
import { toJson, toTables } from './evaluation/report.ts'
import { UsageError } from './evaluation/usage-error.ts'

try {
  const args = readArguments(process.argv.slice(2))
  if (args === 'help') process.stdout.write(usage)
  else await evaluate(args)
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
}

async function evaluate(args: Arguments): Promise<void> {
  const { ballots, models, rules, method, domainAnchors, json, svg } = args
  const panel = models.map(({ model }) => model)
  const { questions, unreadable } = await readQuestions(ballots, panel, true)
  say(ballots, unreadable)
  const more = domainAnchors === undefined ? undefined : await readQuestions(domainAnchors, panel, false)
  if (more !== undefined) say(domainAnchors ?? '', more.unreadable)
  const evaluation = evaluateBallots(questions, { models, rules, method, more: more?.questions ?? [] })
  process.stdout.write(json ? `${JSON.stringify(toJson(evaluation))}\n` : `${toTables(evaluation)}\n`)
  if (svg !== undefined) await draw(evaluation, svg)
}

function say(file: string, { lines, first }: Unreadable): void {
  if (lines === 0) return
  const what = lines === 1 ? '1 line of' : `${lines} lines of`
  process.stderr.write(`${what} ${file} could not be used (${first}).\n`)
}

async function draw(evaluation: Evaluation, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [dataset, { rules }] of evaluation) {
    for (const [rule, scores] of rules) {
      const name = `${dataset}-${rule}`.replace(/[^\w.-]+/g, '_')
      await writeFile(path.join(folder, `${name}.svg`), reliabilityDiagram(`${dataset}: ${rule}`, scores))
    }
  }
}
