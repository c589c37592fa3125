import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newMeter } from '../completions/chat-backend.ts'
import { eventRelay } from './relay-events.ts'

const chunk = (text: string, more: object = {}) =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta: { content: text } }], ...more })}\n\n`
const counted = {
  prompt_tokens: 7,
  completion_tokens: 3,
  total_tokens: 10,
  prompt_tokens_details: { cached_tokens: 2 },
}
const usageChunk = `data: ${JSON.stringify({ id: 'c', choices: [], usage: counted })}\n\n`
const done = 'data: [DONE]\n\n'

function relayed(pieces: readonly Buffer[], includeUsage = false) {
  const meter = newMeter()
  const relay = eventRelay({ provider: 'openai', meter, includeUsage })
  const told = pieces.map((piece) => relay.push(piece)).filter((events) => events !== undefined)
  return { meter, done: relay.done(), told, text: Buffer.concat(told).toString() }
}

/** Cuts bytes at the places given, wherever they fall. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const bytes = Buffer.from(text)
  const at = [...new Set(places.map((place) => place % (bytes.length + 1)))].toSorted((a, b) => a - b)
  return [...at, bytes.length].map((to, index) => bytes.subarray(at[index - 1] ?? 0, to))
}

/** What a model may say to look like the end of its own stream, or like something else. */
const hostile = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom(
    'data: [DONE]\n\n',
    '"usage":{"prompt_tokens":1}',
    '\r\n\r\n',
    '{"error":{}}',
    '}\n\ndata: {"choices":[]}',
  ),
)

test('passes on what came, byte by byte the same, however the network cuts it', () => {
  fc.assert(
    fc.property(fc.array(hostile, { minLength: 1 }), fc.array(fc.nat(5_000)), fc.boolean(), (texts, places, ask) => {
      const said = texts.map((text) => chunk(text, { usage: null })).join('')
      const result = relayed(cut(said + usageChunk + done, places), ask)

      expect(result.text).toBe(ask ? said + usageChunk : said)
      expect(result.done).toBe(true)
      expect(result.meter.usage).toEqual({ inputTokens: 7, cachedInputTokens: 2, outputTokens: 3 })
      expect(result.meter.events).toBe(texts.length + 1)
    }),
  )
})

test('holds the half of an event back, so that an error can follow', () => {
  const whole = chunk('one')
  const result = relayed([Buffer.from(whole + chunk('two').slice(0, -3))])

  expect(result.text).toBe(whole)
  expect(result.done).toBe(false)
})

test('keeps the chunk that holds usage beside an answer', () => {
  const last = chunk('bye', { usage: counted })
  const result = relayed([Buffer.from(last + done)])

  expect(result.text).toBe(last)
  expect(result.meter.usage).toMatchObject({ outputTokens: 3 })
})

test('counts the reasoning that a provider keeps out of completion_tokens', () => {
  const apart = `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 60 } })}\n\n`

  expect(relayed([Buffer.from(apart + done)]).meter.usage?.outputTokens).toBe(53)
})

test('takes comments, event names and carriage returns', () => {
  const text = `: ping\r\n\r\nevent: chunk\r\n${chunk('a').trim()}\r\n\r\n${done}`

  expect(relayed([Buffer.from(text)])).toMatchObject({ text: `: ping\n\nevent: chunk\n${chunk('a')}`, done: true })
})

describe('a stream that is none', () => {
  test.each([
    ['an error of OpenAI’s', 'data: {"error":{"message":"sk-secret","type":"server_error"}}\n\n', 'upstream_error'],
    ['an error of xAI’s', 'data: {"code":"x","error":"sk-secret"}\n\n', 'upstream_error'],
    ['an error of Google’s', 'data: [{"error":{"code":500}}]\n\n', 'malformed_output'],
    ['half an event', 'data: {"choices":[{"de\n\n', 'malformed_output'],
  ])('%s', (_what, text, reason) => {
    const push = () => relayed([Buffer.from(chunk('fine') + text)])

    expect(push).toThrow(expect.objectContaining({ reason, message: expect.not.stringContaining('sk-secret') }))
  })

  test('a page, which has no end of ours', () => {
    expect(relayed([Buffer.from('<html>data</html>\n\n')])).toMatchObject({ text: '', done: false })
  })
})
