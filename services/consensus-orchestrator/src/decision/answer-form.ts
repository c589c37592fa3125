import type { AnswerType, Opening, Settings } from './model.ts'

const longestClosedFinal = 400

/** What kind of question it turned out to be: as asked for, else as most openings take it. */
export function answerForm({ answerType, choices }: Settings, openings: readonly Opening[]): AnswerType {
  if (answerType !== 'auto') return answerType
  if (choices !== null) return 'choice'
  const counts = { open: 0, choice: 0, number: 0, boolean: 0 }
  for (const { answer } of openings) counts[isClosed(answer) ? answer.answer_type : 'open']++
  const closed = openings.length - counts.open
  const claims = openings.some(({ answer }) => !isClosed(answer) && answer.claims.length > 0)
  if (closed < counts.open || closed === 0 || (closed === counts.open && claims)) return 'open'
  if (counts.number >= counts.choice && counts.number >= counts.boolean) return 'number'
  return counts.choice >= counts.boolean ? 'choice' : 'boolean'
}

function isClosed({ answer_type: type, final }: Opening['answer']): boolean {
  return type !== 'open' && final !== null && final.trim() !== '' && final.length <= longestClosedFinal
}
