import { ModelError } from '../calls/model-error.ts'
import type { ModelCall } from '../ports.ts'

/** What fits, sealed, into one message of the bus, whatever its characters. A model that runs on is stopped. */
const maxAnswerCharacters = 200_000

/** Gathers an answer's text and passes it on; throws when it grows without end. */
export function collectAnswer({ onDelta }: Pick<ModelCall, 'onDelta'>, provider: string) {
  let text = ''
  let alive = false
  return {
    add(piece: string): void {
      alive = true
      text += piece
      if (text.length > maxAnswerCharacters) {
        throw new ModelError('malformed_output', `${provider} did not come to an end`, { retryable: false })
      }
      onDelta(piece)
    },
    text: () => text,
    begun: () => alive,
  }
}
