import { bootstrapInterval } from './bootstrap.ts'
import type { DatasetEvaluation, Evaluation } from './evaluate-ballots.ts'
import { calibrationError, type Scores } from './scores.ts'

/** What `--json` prints: shares from 0 to 1, calls as models asked per question. */
export function toJson(evaluation: Evaluation) {
  const datasets = [...evaluation].map(([name, { questions, rules, models }]) => {
    const byRule = [...rules].map(([rule, scores]) => [rule, figuresOf(scores)])
    const byModel = [...models].map(([model, { right, answered }]) => [
      model,
      { accuracy: share(right, questions), answered: share(answered, questions) },
    ])
    return [name, { questions, rules: Object.fromEntries(byRule), models: Object.fromEntries(byModel) }]
  })
  return { datasets: Object.fromEntries(datasets) }
}

/** Tables in Markdown, one pair for each data set. */
export function toTables(evaluation: Evaluation): string {
  return [...evaluation].map(([name, dataset]) => `${name}, ${questionsIn(dataset)}\n\n${tables(dataset)}`).join('\n\n')
}

function tables({ questions, rules, models }: DatasetEvaluation): string {
  const plain = rules.get('majority')
  const head = ['rule', 'accuracy %', '95 % interval', 'against majority', 'Brier', 'ECE', 'calls', 'contested %']
  const body = [...rules].map(([rule, scores]) => {
    const { accuracy, low, high, brier, ece, calls, contested } = figuresOf(scores)
    const between = `${percent(low)}–${percent(high)}`
    const against = plain === undefined || plain === scores ? '' : difference(scores)
    return [
      rule,
      percent(accuracy),
      between,
      against,
      brier.toFixed(3),
      ece.toFixed(3),
      calls.toFixed(2),
      percent(contested),
    ]
  })
  const accuracies = [...models].map(([model, { right, answered }]) => [
    model,
    percent(share(right, questions)),
    percent(share(answered, questions)),
  ])
  return `${table(head, body)}\n\n${table(['model', 'accuracy %', 'answered %'], accuracies)}`
}

function figuresOf(scores: Scores) {
  const { questions, right, squares, calls, contested } = scores
  return {
    accuracy: share(right, questions),
    ...bootstrapInterval([
      [0, questions - right],
      [1, right],
    ]),
    brier: share(squares, questions),
    ece: calibrationError(scores),
    calls: share(calls, questions),
    contested: share(contested, questions),
  }
}

/** In points, with its own interval: both rules had the same questions. */
function difference({ questions, gained, lost }: Scores): string {
  const { low, high } = bootstrapInterval([
    [-1, lost],
    [0, questions - gained - lost],
    [1, gained],
  ])
  return `${signed(share(gained - lost, questions))} (${signed(low)} to ${signed(high)})`
}

/** In Markdown; the first column is text, the others are figures. */
export function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...body.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join(' | ')} |`
  const rule = widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(head), `| ${rule.join(' | ')} |`, ...body.map(line)].join('\n')
}

function questionsIn({ questions }: DatasetEvaluation): string {
  return `${questions} question${questions === 1 ? '' : 's'}`
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole
}

function percent(value: number): string {
  return (value * 100).toFixed(1)
}

/** A share as signed points. */
export function signed(value: number): string {
  const points = (value * 100).toFixed(1)
  return Number(points) > 0 ? `+${points}` : points.replace(/^-0\.0$/, '0.0').replace('-', '−')
}
