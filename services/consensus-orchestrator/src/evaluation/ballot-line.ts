/** One recorded question: what was asked for, the known answer, and what each model said. */
export type BallotLine = {
  id: string
  dataset: string
  gold: string
  /** The options of a choice by their texts, or how many there were; null where any answer could be given. */
  options: readonly string[] | number | null
  /** The names under which the options are answered, where they were given names. */
  names: readonly string[] | null
  answers: ReadonlyMap<string, RecordedAnswer>
}

export type RecordedAnswer = { final: string | null; confidence: number | null }

type Fields = Record<string, unknown>

/** A line of a file of ballots, or what is wrong with it. */
export function readBallotLine(text: string, unnamedDataset: string): BallotLine | string {
  let line: unknown
  try {
    line = JSON.parse(text)
  } catch {
    return 'not JSON'
  }
  if (!isFields(line)) return 'not an object'
  const { id, dataset, gold, options } = line
  const known = written(gold)
  const name = written(id)
  if (name === null) return 'no id'
  if (known === null) return 'no gold answer'
  const answers = recordedAnswers(line)
  if (answers === undefined) return 'no answers'
  return { id: name, dataset: written(dataset) ?? unnamedDataset, gold: known, ...readOptions(options), answers }
}

function recordedAnswers({ answers, finals, confs }: Fields): ReadonlyMap<string, RecordedAnswer> | undefined {
  const recorded = new Map<string, RecordedAnswer>()
  if (Array.isArray(answers)) {
    for (const answer of answers) {
      if (!isFields(answer) || typeof answer['model'] !== 'string') return undefined
      if (!recorded.has(answer['model'])) recorded.set(answer['model'], recordedAnswer(answer))
    }
    return recorded
  }
  if (!isFields(finals)) return undefined
  const stated = isFields(confs) ? confs : {}
  for (const [model, final] of Object.entries(finals)) {
    recorded.set(model, recordedAnswer({ final, confidence: stated[model] }))
  }
  return recorded
}

/** Where only a distribution over the answers is recorded, its peak is the final and the peak's share the confidence. */
function recordedAnswer({ final, confidence, dist }: Fields): RecordedAnswer {
  const shares = isFields(dist) ? Object.entries(dist).filter((entry) => isShare(entry[1])) : []
  const peak = shares.toSorted((a, b) => Number(b[1]) - Number(a[1]))[0]
  const answer = final === undefined ? (peak?.[0] ?? null) : written(final)
  const ofAnswer = shares.find(([key]) => key === answer)?.[1]
  if (isShare(confidence)) return { final: answer, confidence }
  return { final: answer, confidence: isShare(ofAnswer) ? ofAnswer : null }
}

function readOptions(options: unknown): Pick<BallotLine, 'options' | 'names'> {
  if (typeof options === 'number' && Number.isInteger(options) && options >= 2) return { options, names: null }
  if (Array.isArray(options) && options.length >= 2) return { options: options.map(textOf), names: null }
  if (isFields(options) && Object.keys(options).length >= 2) {
    return { options: Object.values(options).map(textOf), names: Object.keys(options) }
  }
  return { options: null, names: null }
}

function written(value: unknown): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function textOf(value: unknown): string {
  return written(value) ?? JSON.stringify(value) ?? ''
}

function isShare(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
