import path from 'node:path'
import { readBallotLine } from './ballot-line.ts'
import { questionFrom, type Question } from './question.ts'
import { readLines } from './read-lines.ts'
import { UsageError } from './usage-error.ts'

export type Ballots = { questions: readonly Question[]; unreadable: Unreadable }

/** Lines that could not be used, and the first of them. */
export type Unreadable = { lines: number; first: string | undefined }

/**
 * The questions of a file of ballots as the panel answered them. What other models answered is let go at once. With
 * `allKnown` every model of the panel has to be found in it.
 */
export async function readQuestions(file: string, panel: readonly string[], allKnown: boolean): Promise<Ballots> {
  const unnamed = path.basename(file).replace(/\.jsonl?(?:\.gz)?$/i, '')
  const questions: Question[] = []
  const models = new Set<string>()
  const unreadable: Unreadable = { lines: 0, first: undefined }
  let number = 0
  for await (const lines of linesOf(file)) {
    for (const text of lines) {
      number += 1
      if (text.trim() === '') continue
      const line = readBallotLine(text, unnamed)
      if (typeof line === 'string') {
        unreadable.lines += 1
        unreadable.first ??= `line ${number}: ${line}`
        continue
      }
      for (const model of line.answers.keys()) models.add(model)
      questions.push(questionFrom(line, panel))
    }
  }
  if (questions.length === 0)
    throw new UsageError(`${file} holds no ballots${unreadable.first ? ` (${unreadable.first})` : ''}.`)
  const unknown = panel.filter((model) => !models.has(model))
  if (allKnown && unknown.length > 0) {
    const known = [...models].toSorted().join(', ')
    throw new UsageError(`${file} has no answers of ${unknown.join(', ')}; it has those of ${known}.`)
  }
  return { questions, unreadable }
}

async function* linesOf(file: string): AsyncGenerator<readonly string[]> {
  try {
    yield* readLines(file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${file} could not be read: ${reason}.`)
  }
}
