import { ModelError } from '../calls/model-error.ts'
import type { AnswerMeter } from '../completions/chat-backend.ts'
import { usageOf } from './chat-usage.ts'

const newlines = Buffer.from('\n\n')
const usageMark = Buffer.from('"usage":')
const done = Buffer.from('[DONE]')
const choicesMark = Buffer.from('"choices"')
const longestEvent = 8 * 1024 * 1024

type Options = {
  provider: string
  meter: AnswerMeter
  /** The caller asked for the chunk that holds nothing but the usage. */
  includeUsage: boolean
}

export type EventRelay = {
  /** The whole events that these bytes complete, without those that are not the caller's; undefined when there are none. */
  push(bytes: Buffer): Buffer | undefined
  /** The provider said that this is all. */
  done(): boolean
}

/**
 * Passes the events of a Chat Completions stream on as the bytes that came, whole events only, so that a stream that is cut leaves
 * no half of one. An event is looked at for its ends only, and parsed when it may hold the usage. In a JSON string a quotation mark
 * is always escaped, so that the marks looked for cannot stand in what a model says. Throws a ModelError for an error the provider
 * tells, and for what is no event.
 */
export function eventRelay({ provider, meter, includeUsage }: Options): EventRelay {
  let pending: Buffer | undefined
  let finished = false
  let bytesTold = 0
  let shortest = Number.MAX_SAFE_INTEGER

  function malformed(): ModelError {
    return new ModelError('malformed_output', `${provider} sent a stream that is broken`, { retryable: true })
  }

  /** Whether the caller gets the event. */
  function take(event: Buffer, mayHoldUsage: boolean): boolean {
    const from = payloadStart(event)
    if (from < 0) return event[0] === colon
    if (event[from] === bracketOpen && event.indexOf(done, from) === from) {
      finished = true
      return false
    }
    if (event[from] !== braceOpen || lastByte(event) !== braceClose) throw malformed()
    // Every chunk has choices, be they none; what providers say of their errors has not.
    if (!event.includes(choicesMark, from))
      throw new ModelError('upstream_error', `${provider} broke off its answer`, { retryable: true })
    meter.events += 1
    bytesTold += event.length
    shortest = Math.min(shortest, event.length)
    meter.characters = bytesTold - meter.events * shortest
    return mayHoldUsage ? takeUsage(event.toString('utf8', from)) : true
  }

  function takeUsage(text: string): boolean {
    const chunk = parse(text)
    if (!chunk) throw malformed()
    meter.usage = usageOf(chunk.usage) ?? meter.usage
    const bare = Array.isArray(chunk.choices) && chunk.choices.length === 0
    return includeUsage || !bare || meter.usage === undefined
  }

  function inspect(whole: Buffer): Buffer | undefined {
    const mayHoldUsage = holdsUsage(whole)
    const kept: Buffer[] = []
    let dropped = false
    for (let from = 0; from < whole.length && !finished;) {
      const to = whole.indexOf(newlines, from) + newlines.length
      const event = whole.subarray(from, to)
      if (take(event, mayHoldUsage)) kept.push(event)
      else dropped = true
      from = to
    }
    if (!dropped) return whole
    return kept.length === 0 ? undefined : Buffer.concat(kept)
  }

  return {
    push(bytes) {
      if (finished) return undefined
      const joined = withoutReturns(pending ? Buffer.concat([pending, bytes]) : bytes)
      const last = joined.lastIndexOf(newlines)
      const end = last < 0 ? 0 : last + newlines.length
      pending = end < joined.length ? joined.subarray(end) : undefined
      if (pending && pending.length > longestEvent) throw malformed()
      return end === 0 ? undefined : inspect(joined.subarray(0, end))
    },
    done: () => finished,
  }
}

const colon = 0x3a
const space = 0x20
const newline = 0x0a
const braceOpen = 0x7b
const braceClose = 0x7d
const bracketOpen = 0x5b

/** Where the event's data begin, behind `data:` and, where there is one, the line `event: …`; −1 when it has none. */
function payloadStart(event: Buffer): number {
  let from = 0
  while (from < event.length && !isData(event, from)) {
    const next = event.indexOf(newline, from)
    if (next < 0) return -1
    from = next + 1
  }
  if (from >= event.length) return -1
  from += 5
  return event[from] === space ? from + 1 : from
}

function isData(event: Buffer, at: number): boolean {
  return (
    event[at] === 0x64 &&
    event[at + 1] === 0x61 &&
    event[at + 2] === 0x74 &&
    event[at + 3] === 0x61 &&
    event[at + 4] === colon
  )
}

function lastByte(event: Buffer): number | undefined {
  let at = event.length - newlines.length - 1
  while (event[at] === newline || event[at] === space) at -= 1
  return event[at]
}

/** Most providers write `"usage":null` into every chunk when they are to tell it at the end. */
function holdsUsage(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(usageMark); at >= 0; at = bytes.indexOf(usageMark, at + 1)) {
    const after = at + usageMark.length
    if (bytes[after] === braceOpen || (bytes[after] === space && bytes[after + 1] === braceOpen)) return true
  }
  return false
}

/** JSON has no bare carriage return: those there belong to the ends of lines. */
function withoutReturns(bytes: Buffer): Buffer {
  return bytes.includes(0x0d) ? Buffer.from(bytes.toString('latin1').replaceAll('\r', ''), 'latin1') : bytes
}

function parse(text: string): { usage?: unknown; choices?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
