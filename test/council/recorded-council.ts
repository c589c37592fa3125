import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { z } from 'zod'

const Deliberation = z.object({
  id: z.string(),
  dataset: z.string(),
  question_id: z.string(),
  structure: z.string(),
  gold: z.string(),
  answers: z.array(z.object({ model: z.string(), answer_text: z.string() })),
})

/** One recorded opening round. The texts of the questions are not in the data: a name stands for each. */
export type RecordedRound = {
  question: string
  dataset: string
  /** Rounds of the same question and the same four models have the same name here. */
  name: string
  gold: string
  /** By the seat that plays it. */
  answers: { seat: Seat; model: string; text: string }[]
}

const seats = ['gpt5', 'claude', 'gemini', 'grok'] as const
export type Seat = (typeof seats)[number]

/** Reads recorded deliberations, one JSON object a line, gzipped or plain. */
export async function readCouncil(file: string): Promise<RecordedRound[]> {
  const bytes = await readFile(file)
  const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.map((line) => {
    const { id, dataset, question_id: question, structure, gold, answers } = Deliberation.parse(JSON.parse(line))
    const experiment = id.split('-')[0] ?? ''
    return {
      question: `${experiment} ${question}, ${structure}`,
      name: `${experiment.replace(/^results_/, '')} ${question}`,
      dataset,
      gold,
      answers: seated(answers),
    }
  })
}

/** A model takes its vendor's seat, another one that is left. */
function seated(answers: readonly { model: string; answer_text: string }[]): RecordedRound['answers'] {
  const left = new Set<Seat>(seats)
  const own = answers.map(({ model }) => {
    const seat = seats.find((name) => left.has(name) && vendors[name].test(model))
    if (seat) left.delete(seat)
    return seat
  })
  const others = [...left].values()
  return answers.map(({ model, answer_text: text }, index) => {
    const seat = own[index] ?? others.next().value
    if (seat === undefined) throw new Error('a recorded council has more than four models')
    return { seat, model, text }
  })
}

const vendors: Record<Seat, RegExp> = { gpt5: /gpt/, claude: /claude/, gemini: /gemini/, grok: /grok/ }

/** The line of a recordings file that the emulators play back. */
export function toRecording({ question, answers }: RecordedRound): string {
  const played = answers.map(({ seat, text }) => ({ model: seat, answer_text: text }))
  return JSON.stringify({ question, answers: played })
}
