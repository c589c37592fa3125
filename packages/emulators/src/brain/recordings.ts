import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { extractFinal } from './extract-final.ts'
import { familyOf } from './family.ts'

const RecordedAnswer = z.object({
  model: z.string(),
  answer_text: z.string(),
  final: z.union([z.string(), z.number(), z.boolean()]).nullish(),
  confidence: z.number().min(0).max(1).nullish(),
})

const RecordedQuestion = z.object({ question: z.string(), answers: z.array(RecordedAnswer) })

export type Recording = { text: string; final: string | null; confidence: number | undefined }

/** The recorded answer of this very model, else of its family; undefined where there is none. */
export type Recordings = (question: string, model: string) => Recording | undefined

/** Reads a JSONL file of `{question, answers: [{model, answer_text, final?, confidence?}]}`. Throws, with the line's number, on a line that is not so. */
export async function readRecordings(path: string | undefined): Promise<Recordings> {
  const byQuestion = new Map<string, Map<string, Recording>>()
  if (path === undefined) return () => undefined
  let lineNumber = 0
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    lineNumber += 1
    if (line.trim() === '') continue
    const { question, answers } = parseLine(line, lineNumber)
    const byModel = byQuestion.get(normaliseQuestion(question)) ?? new Map<string, Recording>()
    byQuestion.set(normaliseQuestion(question), byModel)
    for (const { model, answer_text: text, final, confidence } of answers) {
      const recording = {
        text,
        final: final === undefined ? extractFinal(text) : final === null ? null : String(final),
        confidence: confidence ?? undefined,
      }
      byModel.set(model.toLowerCase(), recording)
      const family = familyOf(model)
      if (family !== undefined && !byModel.has(family)) byModel.set(family, recording)
    }
  }
  return (question, model) => {
    const byModel = byQuestion.get(normaliseQuestion(question))
    return byModel?.get(model.toLowerCase()) ?? byModel?.get(familyOf(model) ?? '')
  }
}

function parseLine(line: string, lineNumber: number): z.output<typeof RecordedQuestion> {
  try {
    return RecordedQuestion.parse(JSON.parse(line))
  } catch (error) {
    throw new Error(`recordings: line ${lineNumber} is not {question, answers: [{model, answer_text}]}`, {
      cause: error,
    })
  }
}

function normaliseQuestion(question: string): string {
  return question
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[\s"'«]+|[\s"'».?!]+$/g, '')
    .trim()
}
