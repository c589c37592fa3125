import { UsageError } from '../plain-error.ts'

const kinds = ['number', 'boolean', 'choice', 'open'] as const
export type Kind = (typeof kinds)[number]
/** How many of each kind in one round. */
export type Mix = Readonly<Record<Kind, number>>

export type Question = { query: string; answer_type: Kind; choices?: string[] }

/** Reads `number=2,open=1`; a kind that is not named is not asked. */
export function readMix(text: string): Mix {
  const mix: Record<Kind, number> = { number: 0, boolean: 0, choice: 0, open: 0 }
  for (const part of text.split(',')) {
    const [name = '', weight = '1'] = part.trim().split('=')
    const kind = kinds.find((one) => one === name)
    if (!kind || !/^\d{1,2}$/.test(weight))
      throw new UsageError(
        `--mix: ${part} is no kind with a weight; kinds are ${kinds.join(', ')}, as in number=2,open=1.`,
      )
    mix[kind] = Number(weight)
  }
  if (Object.values(mix).every((weight) => weight === 0)) throw new UsageError('--mix asks no question at all.')
  return mix
}

/** The question of a place in the run: the kinds in turn by their weights, and no question twice. */
export function questionAt(index: number, mix: Mix): Question {
  const round = kinds.flatMap((kind) => Array.from({ length: mix[kind] }, () => kind))
  const kind = round[index % round.length] ?? 'number'
  return { answer_type: kind, ...make[kind](index) }
}

const make: Record<Kind, (index: number) => { query: string; choices?: string[] }> = {
  number: (index) => ({ query: `What is ${17 + index} * ${23 + (index % 59)}?` }),
  boolean: (index) => ({ query: `Is ${101 + index} a prime number? Answer yes or no.` }),
  choice: (index) => ({
    query: `Which is the largest: ${index}, ${index + 7} or ${index + 3}?`,
    choices: [`${index}`, `${index + 7}`, `${index + 3}`],
  }),
  open: (index) => ({ query: `Should a city of ${10 + index} thousand people build a tramway?` }),
}
