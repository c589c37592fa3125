/** A failure that a person can act on: printed as one sentence, without a stack. */
export class PlainError extends Error {
  override readonly name = 'PlainError'
}

/** The sentence for whatever stopped the mesh from starting. */
export function toSentence(error: unknown): string | undefined {
  if (error instanceof PlainError) return error.message
  if (error instanceof Error && ['ConfigError', 'EmbeddedDatabaseError'].includes(error.name)) return error.message
  return undefined
}
