/** A failure that a person can act on: printed as one sentence, without a stack. */
export class PlainError extends Error {
  override readonly name = 'PlainError'
}

/** The command was called in a way that means nothing; ends with status 2, as a mistyped option does. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const told = new Set(['PlainError', 'UsageError', 'ConfigError', 'EmbeddedDatabaseError'])

/** The sentence for whatever stopped a command; undefined for what nobody foresaw. */
export function toSentence(error: unknown): string | undefined {
  return error instanceof Error && told.has(error.name) ? error.message : undefined
}
