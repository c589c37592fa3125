import { canonicalise, plainContext, type Canonical } from './canonicalise.ts'
import type { AnswerType, Opening, Settings } from './model.ts'

type ClosedType = Exclude<AnswerType, 'open'>

const longestClosedFinal = 400
const longestValue = 60

/**
 * What kind of question it turned out to be: as asked for, else as most openings take it. Where as many take it as open and say what there is
 * to say, it is open: a closed answer can be voted on among claims, but claims cannot be counted among closed answers.
 */
export function answerForm({ answerType, choices }: Settings, openings: readonly Opening[]): AnswerType {
  if (answerType !== 'auto') return answerType
  if (choices !== null) return 'choice'
  const counts = { open: 0, choice: 0, number: 0, boolean: 0 }
  for (const { answer } of openings) counts[closedType(answer) ?? 'open']++
  const closed = openings.length - counts.open
  const claims = openings.some(({ answer }) => closedType(answer) === undefined && answer.claims.length > 0)
  if (closed < counts.open || closed === 0 || (closed === counts.open && claims)) return 'open'
  if (counts.number >= counts.choice && counts.number >= counts.boolean) return 'number'
  return counts.choice >= counts.boolean ? 'choice' : 'boolean'
}

/** As what a model answered. One that calls a question open, and yet gives a number, a letter or a yes as its final, has closed it. */
export function closedType({ answer_type: type, final }: Opening['answer']): ClosedType | undefined {
  if (final === null || final.trim() === '' || final.length > longestClosedFinal) return undefined
  return type === 'open' ? typeOfValue(final) : type
}

function typeOfValue(final: string): ClosedType | undefined {
  if (final.length > longestValue) return undefined
  const isBare = !/\p{L}/u.test(final.replace(/\\[a-z]+/gi, ''))
  const kind = canonicalise(final, isBare ? { ...plainContext, answerType: 'number' } : plainContext)?.kind
  return kind === undefined ? undefined : typeOfKind[kind]
}

const typeOfKind: Partial<Record<Canonical['kind'], ClosedType>> = {
  number: 'number',
  percent: 'number',
  money: 'number',
  quantity: 'number',
  boolean: 'boolean',
  option: 'choice',
}
