import { hash } from './brain/hash.ts'

/** `human` takes 1–3 s for an answer, `instant` no time at all. */
export type Pace = 'human' | 'instant' | { minMs: number; maxMs: number }

/** The time that an answer takes from its first byte asked to its last byte sent; the same key gives the same time. */
export function answerTimeMs(pace: Pace, key: string): number {
  if (pace === 'instant') return 0
  const { minMs, maxMs } = pace === 'human' ? { minMs: 1_000, maxMs: 3_000 } : pace
  return Math.round(minMs + hash(key) * (maxMs - minMs))
}

/** Cuts text where words begin, into at most `limit` pieces of about equal length that join to the text again. */
export function cutIntoPieces(text: string, limit: number): string[] {
  const words = text.match(/\s*\S+\s*$|\s*\S+/g) ?? (text === '' ? [] : [text])
  const size = Math.ceil(text.length / limit)
  const pieces: string[] = []
  let piece = ''
  for (const word of words) {
    piece += word
    if (piece.length >= size) {
      pieces.push(piece)
      piece = ''
    }
  }
  if (piece !== '') pieces.push(piece)
  return pieces
}
