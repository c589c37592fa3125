/** Trying again cannot help: the message goes to the dead letters at once. `message` is kept as the reason. */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError'
}

/** The message is larger than `maxBodyBytes`; nothing of its batch was published. */
export class MessageTooLargeError extends PermanentError {
  override readonly name = 'MessageTooLargeError'
}

/** What the handler needs cannot be reached: the message is tried again for as long as that lasts, and no attempt is counted. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError'
}

/** The bus did not take the messages in time or refused them. They may or may not arrive: publish them again. */
export class PublishError extends Error {
  override readonly name = 'PublishError'
}

/** Name and message only, cut short: a reason is kept beside the message and shown to operators. */
export function describe(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : 'something that is no Error was thrown'
  return text.slice(0, 500)
}
