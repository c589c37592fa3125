import path from 'node:path'
import { readBallotLine } from './ballot-line.ts'
import { questionFrom, type Question } from './question.ts'
import { readLines } from './read-lines.ts'
import { UsageError } from './usage-error.ts'

/** What was met with on the way through a file. */
export type Reading = {
  questions: number
  models: Set<string>
  /** Lines that could not be used, and the first of them. */
  unreadable: number
  first: string | undefined
}

export function emptyReading(): Reading {
  return { questions: 0, models: new Set(), unreadable: 0, first: undefined }
}

/**
 * The questions of a file of ballots as the panel answered them, each as soon as it was read. What other models answered is let go at
 * once. `file` is a path, or `-` for standard input. A file that cannot be read, or holds no ballots, is a `UsageError`.
 */
export async function* readQuestions(
  file: string,
  panel: readonly string[],
  reading = emptyReading(),
): AsyncGenerator<readonly Question[]> {
  const unnamed =
    file === '-'
      ? 'ballots'
      : path
          .basename(file)
          .replace(/\.gz$/i, '')
          .replace(/\.jsonl?$/i, '')
  let number = 0
  for await (const lines of linesOf(file)) {
    const questions: Question[] = []
    for (const text of lines) {
      number += 1
      if (text.trim() === '') continue
      const line = readBallotLine(text, unnamed)
      if (typeof line === 'string') {
        reading.unreadable += 1
        reading.first ??= `line ${number}: ${line}`
        continue
      }
      for (const model of line.answers.keys()) reading.models.add(model)
      questions.push(questionFrom(line, panel))
    }
    reading.questions += questions.length
    yield questions
  }
  if (reading.questions === 0)
    throw new UsageError(`${nameOf(file)} holds no ballots${reading.first ? ` (${reading.first})` : ''}.`)
}

export function nameOf(file: string): string {
  return file === '-' ? 'Standard input' : file
}

async function* linesOf(file: string): AsyncGenerator<readonly string[]> {
  try {
    yield* readLines(file)
  } catch (error) {
    throw new UsageError(`${nameOf(file)} could not be read: ${reasonOf(error)}.`)
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EISDIR') return 'it is a folder'
  if (code === 'EACCES') return 'it may not be read'
  return code === 'Z_BUF_ERROR' ? 'it ends in the middle' : error.message
}
