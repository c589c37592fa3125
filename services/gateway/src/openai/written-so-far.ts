import { citedSentences } from '@concord/contracts/cited-sentences'
import type { PassingEvent } from '@concord/contracts/live-events'

const mostCharacters = 60_000

/**
 * The summary as it grows, from the deltas of its writers. A sentence counts once its citation is closed, without the citation, as the
 * orchestrator will read it. Another writer, or another attempt of the same, begins anew; a lower attempt is an echo.
 */
export function writtenSoFar() {
  let writer: { model: string; round: number; attempt: number } | undefined
  let raw = ''

  return {
    /** Takes a delta and gives all of the summary that is written by now. */
    add({ data: { model, round, attempt, text } }: PassingEvent): string {
      const same = writer?.model === model && writer.round === round
      if (writer && same && attempt < writer.attempt) return summaryOf(raw)
      if (!same || writer?.attempt !== attempt) raw = ''
      writer = { model, round, attempt }
      if (raw.length < mostCharacters) raw += text
      return summaryOf(raw)
    },
  }
}

function summaryOf(raw: string): string {
  return citedSentences(raw.slice(0, raw.lastIndexOf(']') + 1))
    .filter(({ claims }) => claims.length > 0)
    .map(({ text }) => text)
    .join(' ')
}
