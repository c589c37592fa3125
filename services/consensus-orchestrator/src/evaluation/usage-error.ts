/** Something a person can mend: it is printed as one sentence, without a stack. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
