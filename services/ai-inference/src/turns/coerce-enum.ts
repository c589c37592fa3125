/** What models write for the words of the forms. Each word is also found by its own beginning. */
const synonyms: Record<string, readonly string[]> = {
  agree: [
    'yes',
    'true',
    'support',
    'supported',
    'accept',
    'accepted',
    'for',
    'correct',
    'concur',
    'approve',
    '1',
    '+1',
  ],
  disagree: ['no', 'false', 'reject', 'rejected', 'oppose', 'against', 'incorrect', 'dissent', 'deny', '-1'],
  abstain: ['unsure', 'uncertain', 'neutral', 'unknown', 'none', 'skip', 'partial', 'partially agree', '0'],
  keep: ['maintain', 'hold', 'stay', 'same', 'unchanged', 'retain', 'stand', 'no change'],
  change: ['switch', 'revise', 'update', 'concede', 'modify', 'new'],
  choice: ['multiple choice', 'mcq', 'option', 'select', 'single choice', 'categorical'],
  number: ['integer', 'float', 'decimal', 'quantity', 'int'],
  boolean: ['yes no', 'true false', 'binary'],
  open: ['text', 'free text', 'freeform', 'free form', 'essay', 'string', 'explanation'],
}

/** The word of the list that is meant, or undefined. */
export function coerceEnum(words: readonly unknown[], value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number') return undefined
  const given = fold(String(value))
  const names = words.filter((word) => typeof word === 'string')
  return (
    names.find((name) => name === given) ??
    names.find((name) => synonyms[name]?.includes(given)) ??
    (given.length >= 3 ? names.find((name) => given.startsWith(name) || name.startsWith(given)) : undefined)
  )
}

function fold(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replaceAll(/[_\-/.!"'*`]+/g, (marks, at: number) => (at === 0 && /^[-+]\d/.test(text.trim()) ? marks : ' '))
    .trim()
}
