import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readArguments, usage, type Arguments } from './evaluation/arguments.ts'
import type { Evaluation } from './evaluation/evaluate-ballots.ts'
import { evaluateFile } from './evaluation/evaluate-file.ts'
import type { Question } from './evaluation/question.ts'
import { emptyReading, nameOf, readQuestions, type Reading } from './evaluation/read-questions.ts'
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
  const { ballots, domainAnchors, json, svg, ...plan } = args
  const more = domainAnchors === undefined ? [] : await anchorsFrom(domainAnchors, plan.models)
  const { evaluation, reading } = await evaluateFile({ ...plan, file: ballots, more })
  say(ballots, reading)
  process.stdout.write(json ? `${JSON.stringify(toJson(evaluation))}\n` : `${toTables(evaluation)}\n`)
  if (svg !== undefined) await draw(evaluation, svg)
}

async function anchorsFrom(file: string, models: Arguments['models']): Promise<Question[]> {
  const reading = emptyReading()
  const anchors: Question[] = []
  const panel = models.map(({ model }) => model)
  for await (const questions of readQuestions(file, panel, reading)) anchors.push(...questions)
  say(file, reading)
  return anchors
}

function say(file: string, { unreadable, first }: Reading): void {
  if (unreadable === 0) return
  const what = unreadable === 1 ? '1 line of' : `${unreadable} lines of`
  process.stderr.write(`${what} ${nameOf(file)} could not be used (${first}).\n`)
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
