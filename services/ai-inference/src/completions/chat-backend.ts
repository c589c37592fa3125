import type { ChatCompletionRequest } from '@concord/contracts/chat-completions'
import type { TokenUsage } from '../usage/usage.ts'

/** Where a stream's events go. */
export type EventSink = {
  /** Whole server-sent events. False asks to wait for `onDrain`. */
  write(events: Uint8Array | string): boolean
  onDrain(listener: () => void): void
}

/** What is known of an answer so far, whatever becomes of it. */
export type AnswerMeter = {
  /** What the provider told, once it has. */
  usage: TokenUsage | undefined
  /** Pieces of a stream, and about how many characters of answer they held. */
  events: number
  characters: number
}

export type ChatCall = {
  request: ChatCompletionRequest
  meter: AnswerMeter
  signal: AbortSignal
}

/**
 * One model behind one provider, asked once, without retries of its own. Both reject with a ModelError, or with `signal.reason`
 * once that has aborted.
 */
export type ChatBackend = {
  /** The body of a whole `chat.completion`. */
  complete(call: ChatCall): Promise<Uint8Array | string>
  /** Gives `chat.completion.chunk` events to the sink, all but the closing `[DONE]`; resolves only when the answer was whole. */
  stream(call: ChatCall, sink: EventSink): Promise<void>
}

export function newMeter(): AnswerMeter {
  return { usage: undefined, events: 0, characters: 0 }
}
