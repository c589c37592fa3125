import { jsonrepair } from 'jsonrepair'

const maxStarts = 8

/**
 * The values that a model's text may mean as its JSON answer, the likeliest first: the text itself, what a code fence holds,
 * and what begins at a brace; first as they stand, then repaired.
 */
export function* jsonCandidates(text: string): Generator {
  const pieces = [...new Set(piecesOf(text))]
  for (const piece of pieces) {
    const value = attempt(() => JSON.parse(piece))
    if (value !== undefined) yield value
  }
  for (const piece of pieces) {
    const value = attempt(() => JSON.parse(jsonrepair(piece)))
    if (typeof value === 'object' && value !== null) yield value
  }
}

function* piecesOf(text: string): Generator<string> {
  const whole = text.trim()
  yield whole
  for (const [, fenced] of whole.matchAll(/```[a-z]*\s*\n?([\s\S]*?)(?:```|$)/gi)) if (fenced) yield fenced.trim()
  let from = -1
  for (let start = 0; start < maxStarts; start += 1) {
    from = nextOpening(whole, from + 1)
    if (from < 0) return
    const end = closingOf(whole, from)
    yield whole.slice(from, end)
    // What follows is inside this piece or behind it; a piece that was never closed holds all the rest.
    if (end === undefined) return
    from = end - 1
  }
}

function nextOpening(text: string, from: number): number {
  const offset = text.slice(from).search(/[{[]/)
  return offset < 0 ? -1 : from + offset
}

/** The index behind the bracket that closes the one at `from`, strings skipped; undefined where nothing closes it. */
function closingOf(text: string, from: number): number | undefined {
  let depth = 0
  let inString = false
  for (let index = from; index < text.length; index += 1) {
    const character = text[index]
    if (inString) {
      if (character === '\\') index += 1
      else if (character === '"') inString = false
    } else if (character === '"') inString = true
    else if (character === '{' || character === '[') depth += 1
    else if ((character === '}' || character === ']') && --depth === 0) return index + 1
  }
  return undefined
}

function attempt(read: () => unknown): unknown {
  try {
    return read()
  } catch {
    return undefined
  }
}
