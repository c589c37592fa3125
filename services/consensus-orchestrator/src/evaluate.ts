import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { readArguments, usage, type Arguments } from './evaluation/arguments.ts'
import type { Evaluation } from './evaluation/evaluate-ballots.ts'
import { evaluateFile } from './evaluation/evaluate-file.ts'
import type { Question } from './evaluation/question.ts'
import { evaluateManyPanels, type PanelOutcome } from './evaluation/many-panels.ts'
import { panelsTable } from './evaluation/many-panels-report.ts'
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
  const { ballots, domainAnchors, json, svg, draw, ...plan } = args
  if (draw !== undefined) return evaluateDrawn(args, draw)
  if (svg !== undefined) await makeFolder(svg)
  const more = domainAnchors === undefined ? [] : await anchorsFrom(domainAnchors, plan.models)
  const { evaluation, reading } = await evaluateFile({ ...plan, file: ballots, more })
  say(ballots, reading)
  sayUnscored(evaluation)
  process.stdout.write(json ? `${JSON.stringify(toJson(evaluation))}\n` : `${toTables(evaluation)}\n`)
  if (svg !== undefined) await writeDiagrams(evaluation, svg)
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

async function evaluateDrawn({ ballots, method, json }: Arguments, draw: { panels: number; seed: number }) {
  const outcomes: PanelOutcome[] = []
  for await (const outcome of evaluateManyPanels({ ...draw, file: ballots, method })) outcomes.push(outcome)
  process.stdout.write(json ? `${JSON.stringify({ panels: outcomes })}\n` : `${panelsTable(outcomes)}\n`)
}

/** Where all of a data set teaches, nothing of it is left to be scored. */
function sayUnscored(evaluation: Evaluation): void {
  const unscored = [...evaluation].filter(([, { questions }]) => questions === 0).map(([dataset]) => dataset)
  if (unscored.length === 0) return
  const sentence = `All questions of ${unscored.join(', ')} are anchors, and none is left to be scored: take fewer --anchors.`
  if (unscored.length === evaluation.size) throw new UsageError(sentence)
  process.stderr.write(`${sentence}\n`)
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UsageError(`${folder} could not be made: ${error instanceof Error ? error.message : String(error)}.`)
  })
}

async function writeDiagrams(evaluation: Evaluation, folder: string): Promise<void> {
  for (const [dataset, { rules }] of evaluation) {
    for (const [rule, scores] of rules) {
      const name = `${dataset}-${rule}`.replace(/[^\w.-]+/g, '_')
      await writeFile(path.join(folder, `${name}.svg`), reliabilityDiagram(`${dataset}: ${rule}`, scores))
    }
  }
}
