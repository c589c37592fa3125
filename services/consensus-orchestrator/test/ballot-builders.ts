import { readBallotLine, type BallotLine } from '../src/evaluation/ballot-line.ts'
import { questionFrom, type Question } from '../src/evaluation/question.ts'
import { randomFrom } from '../src/evaluation/random.ts'

export type RecordedModel = { model: string; accuracy: number; confidence?: (right: boolean) => number | null }

/** Lines of a file of ballots on questions with five options; `lure` is the share of errors that all fall for the same wrong one. */
export function recordedLines(
  dataset: string,
  count: number,
  models: readonly RecordedModel[],
  { lure = 0.3, seed = 1 } = {},
): string[] {
  const random = randomFrom(seed)
  const letters = ['A', 'B', 'C', 'D', 'E']
  const oneOf = (options: readonly string[]) => options[Math.floor(random() * options.length)] ?? 'A'
  return Array.from({ length: count }, (_, index) => {
    const gold = oneOf(letters)
    const wrong = letters.filter((letter) => letter !== gold)
    const lured = oneOf(wrong)
    const answers = models.map(({ model, accuracy, confidence }) => {
      const right = random() < accuracy
      const final = right ? gold : random() < lure ? lured : oneOf(wrong)
      return { model, final, confidence: confidence?.(right) ?? null }
    })
    return JSON.stringify({ id: `${dataset}-${index}`, dataset, gold, options: 5, answers })
  })
}

export function lineOf(fields: Record<string, unknown>): BallotLine {
  const line = readBallotLine(JSON.stringify({ id: '1', dataset: 'set', ...fields }), 'file')
  if (typeof line === 'string') throw new Error(line)
  return line
}

export function questionsFrom(lines: readonly string[], panel: readonly string[]): Question[] {
  return lines.map((text) => {
    const line = readBallotLine(text, 'file')
    if (typeof line === 'string') throw new Error(line)
    return questionFrom(line, panel)
  })
}
