import type { TurnPurpose } from '@concord/contracts/turns'
import { readableText } from './readable-text.ts'

/** Above this, an answer's growth is no longer read for the spectators: each reading costs its whole length. */
const maxReadCharacters = 100_000

export type LiveText = { add(text: string, attempt: number): void; end(): void }

type Options = { purpose: TurnPurpose; publish: (text: string, attempt: number) => void; everyMs?: number }

/**
 * Turns the pieces of an answer into readable pieces, at most one every `everyMs`. A new attempt begins from nothing; text that
 * was published is never taken back within an attempt.
 */
export function liveText({ purpose, publish, everyMs = 40 }: Options): LiveText {
  let raw = ''
  let shown = ''
  let attempt = 0
  let timer: NodeJS.Timeout | undefined

  function show(): void {
    timer = undefined
    if (raw.length > maxReadCharacters) return
    const readable = readableText(purpose, raw)
    if (readable.length <= shown.length || !readable.startsWith(shown)) return
    const piece = readable.slice(shown.length)
    shown = readable
    publish(piece, attempt)
  }

  return {
    add(text, number) {
      if (number !== attempt) {
        raw = ''
        shown = ''
        attempt = number
      }
      raw += text
      timer ??= setTimeout(show, everyMs)
    },
    end() {
      if (timer === undefined) return
      clearTimeout(timer)
      show()
    },
  }
}
