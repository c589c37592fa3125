type Judgement = { key: 'yes' | 'no'; answer: 'yes' | 'no' | 'true' | 'false' }

const letters = new Map<string, Judgement>([
  ['y', { key: 'yes', answer: 'yes' }],
  ['n', { key: 'no', answer: 'no' }],
  ['t', { key: 'yes', answer: 'true' }],
  ['f', { key: 'no', answer: 'false' }],
])
const judged =
  /^(?:(?:(?:the|this|that) (?:statement|claim|assertion|proposition|conclusion)|it|this|that) is )?(not )?(true|false|correct|incorrect)\b/i

/** `Y`, `not true`, `The statement is false`: for a final that was to be a yes or a no. */
export function readJudgement(text: string): Judgement | undefined {
  const letter = letters.get(text.toLowerCase())
  if (letter !== undefined) return letter
  const [, not, word] = judged.exec(text) ?? []
  if (word === undefined) return undefined
  const isTrue = /^(?:true|correct)$/i.test(word) === (not === undefined)
  return isTrue ? { key: 'yes', answer: 'true' } : { key: 'no', answer: 'false' }
}
