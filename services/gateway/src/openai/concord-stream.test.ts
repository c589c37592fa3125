import type { LiveEvent } from '@concord/contracts/live-events'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { aCompletedQuery } from '../../test/completed-query.ts'
import { answerForm } from './answer-form.ts'
import type { AnswerForm } from './answer-form.ts'
import { concordStream } from './concord-stream.ts'
import { doorError } from './door-error.ts'

const Chunk = z.looseObject({
  choices: z.array(
    z.looseObject({ delta: z.looseObject({ content: z.string().optional() }), finish_reason: z.string().nullable() }),
  ),
  usage: z.unknown().optional(),
  concord: z.record(z.string(), z.unknown()).optional(),
})

const queryId = `qry_${'0'.repeat(32)}`
const at = '2026-11-20T12:00:00.000Z'
const started: LiveEvent = {
  type: 'query_started',
  query_id: queryId,
  seq: 1,
  at,
  data: { question: 'q', models: ['gpt5'], debate_rounds: 2, consensus_threshold: 0.75, deadline_at: at },
}
const delta = (text: string, attempt = 1): LiveEvent => ({
  type: 'synthesis_delta',
  query_id: queryId,
  at,
  data: { model: 'claude', round: 0, attempt, text },
})

function scene({ form, includeUsage = false }: { form?: AnswerForm; includeUsage?: boolean } = {}) {
  const lines: string[] = []
  let ended = false
  const stream = concordStream({
    form,
    includeUsage,
    open: () => ({
      write: ({ text }) => void lines.push(text),
      comment: (text) => void lines.push(`: ${text}`),
      end: () => (ended = true),
      onClose: () => {},
      isOpen: () => true,
    }),
  })
  const chunks = () => lines.filter((line) => line.startsWith('{')).map((line) => Chunk.parse(JSON.parse(line)))
  const content = () => chunks().flatMap(({ choices }) => choices.map((choice) => choice.delta.content ?? ''))
  return { stream, lines, chunks, content, ended: () => ended }
}

const summary = 'Water boils. It is 100 °C.'
const results = aCompletedQuery({ summary })

test('opens with the role at the first event, and not before', () => {
  const { stream, lines, chunks } = scene()
  stream.beat()
  const before = lines.length
  stream.take(started)

  expect(before).toBe(0)
  expect(chunks()).toMatchObject([{ choices: [{ delta: { role: 'assistant', content: '' } }] }])
})

test('says each sentence when it is written, and together they are the summary', () => {
  const { stream, lines, content } = scene()
  for (const event of [started, delta('Water bo'), delta('ils [c1]\nIt is 100'), delta(' °C. [c2]\nAnd more')])
    stream.take(event)
  const live = content()
  stream.finish(results)

  expect(live).toEqual(['', 'Water boils.', ' It is 100 °C.'])
  expect(content().join('')).toBe(summary)
  expect(lines.at(-1)).toBe('[DONE]')
})

test('tells what the lost deltas would have', () => {
  const { stream, content } = scene()
  for (const event of [started, delta('Water boils. [c1]\n')]) stream.take(event)
  stream.finish(results)

  expect(content().join('')).toBe(summary)
})

test('goes on with a writer who began anew only where the text agrees, and tells the whole again where it does not', () => {
  const agreeing = scene()
  for (const event of [
    started,
    delta('Water boils. [c1]'),
    delta('Water boils. [c2]\n', 2),
    delta('It is 100 °C. [c1]', 2),
  ])
    agreeing.stream.take(event)
  agreeing.stream.finish(results)
  const other = scene()
  for (const event of [started, delta('Ice melts. [c1]'), delta('Water boils. [c2]\n', 2)]) other.stream.take(event)
  other.stream.finish(results)

  expect(agreeing.content().join('')).toBe(summary)
  expect(other.content().join('')).toBe(`Ice melts.\n\n---\n\n${summary}`)
  expect(agreeing.chunks().at(-1)?.concord).not.toHaveProperty('corrected_summary')
  expect(other.chunks().at(-1)?.concord).toHaveProperty('corrected_summary', summary)
})

test('ends with what the council found, and with the usage where it was asked for', () => {
  const plain = scene()
  plain.stream.finish(results)
  const { stream, chunks } = scene({ includeUsage: true })
  stream.finish(results)
  const found = {
    query_id: queryId,
    confidence: 0.98,
    agreement: 1,
    outcome: 'unanimous',
    reached: true,
    answer: '391',
    cost_usd: 0.0042,
    degraded: false,
    sandbox: false,
  }

  expect(plain.chunks().at(-1)).toMatchObject({ choices: [{ finish_reason: 'stop' }], concord: found })
  expect(plain.chunks().some((chunk) => 'usage' in chunk)).toBe(false)
  expect(chunks().at(-2)).toMatchObject({ choices: [{ finish_reason: 'stop' }], usage: null, concord: found })
  expect(chunks().at(-1)).toMatchObject({
    choices: [],
    usage: { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 },
    concord: found,
  })
})

test('gives JSON in one piece', () => {
  const { stream, content } = scene({ form: answerForm({ type: 'json_object' }) })
  for (const event of [started, delta('Water boils. [c1]')]) stream.take(event)
  stream.finish(results)

  expect(content().filter((text) => text !== '')).toHaveLength(1)
  expect(JSON.parse(content().join(''))).toMatchObject({ summary, answer: '391' })
})

test('a failure is the last event, and there is no end after it', () => {
  const { stream, lines, ended } = scene()
  stream.take(started)
  stream.fail(doorError('upstream-failed', 'no quorum', { type: 'api_error', code: 'query_failed' }))

  expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
    error: { message: 'no quorum', type: 'api_error', param: null, code: 'query_failed' },
  })
  expect(lines).not.toContain('[DONE]')
  expect(ended()).toBe(true)
})

test('gives signs of life once it is open', () => {
  const { stream, lines } = scene()
  stream.take(started)
  stream.beat()

  expect(lines.at(-1)).toMatch(/^: /)
})
