import type { OpeningAnswer } from '@concord/contracts/turns'
import * as fc from 'fast-check'
import { Registry } from 'prom-client'
import { createLogger } from '@concord/service-kit/logging'
import { expect, test } from 'vitest'
import { callMetrics } from '../calls/call-metrics.ts'
import { createLane } from '../calls/lane.ts'
import { ModelError } from '../calls/model-error.ts'
import type { Embedder, EmbeddingCall } from '../embeddings/embedder.ts'
import { loadEmbeddingModels } from '../models/catalogue.ts'
import { trackRecord } from '../models/track-record.ts'
import { packVectors } from './claim-vectors.ts'
import { createEmbedClaims } from './embed-claims.ts'
import type { ClaimsQuestion } from './embed-claims.ts'
import { TurnStopped } from './running-turns.ts'

const now = Date.parse('2026-03-01T10:00:00Z')

function anOpening(...texts: string[]): OpeningAnswer {
  const claims = texts.map((text) => ({ text, kind: 'fact', salience: 1, confidence: 1 }))
  return { reasoning: [], answer_type: 'open', final: null, alternatives: [], confidence: 1, claims }
}

/** As many vectors as were asked for, each with its number at the first place. */
function vectorsFor({ request: { input, dimensions }, meter }: EmbeddingCall): unknown {
  meter.usage = { inputTokens: 1_000, cachedInputTokens: 0, outputTokens: 0 }
  const texts = Array.isArray(input) ? input : [input]
  return {
    data: texts.map((_text, index) => ({
      index,
      embedding: Array.from({ length: dimensions ?? 0 }, (_, at) => (at === 0 ? index + 1 : 0.5)),
    })),
  }
}

/** What becomes of claims, where an embedder answers so. */
async function embedded(
  answer: (call: EmbeddingCall) => unknown,
  {
    texts = ['One.', 'Two.'],
    emulated = true,
    ...changes
  }: Partial<ClaimsQuestion> & { texts?: string[]; emulated?: boolean } = {},
) {
  const calls: EmbeddingCall[] = []
  const faults: unknown[] = []
  const embedder: Embedder = async (call) => {
    calls.push(call)
    return new TextEncoder().encode(JSON.stringify(await answer(call)))
  }
  const lane = createLane({ provider: 'openai', concurrency: 2, breakerFailures: 2, breakerOpenMs: 60_000 })
  const registry = new Registry()
  const embedClaims = createEmbedClaims({
    embeddingModels: loadEmbeddingModels(),
    embedders: new Map([['text-embedding-3-small', embedder]]),
    isEmulated: () => emulated,
    laneOf: () => lane,
    metrics: callMetrics({ metrics: registry, logger: createLogger('test', 'silent') }, new Map([['openai', lane]])),
    record: trackRecord(new Map()),
    onFault: (fault) => faults.push(fault),
    longestMs: 150,
  })
  const question = { json: anOpening(...texts), sandbox: true, deadlineAt: now + 60_000, now, leftUsd: 1, ...changes }
  const result = await embedClaims({ signal: new AbortController().signal, ...question })
  const counted = await registry.getSingleMetricAsString('ai_api_requests_total')
  return { result, calls, faults, counted }
}

test('one call embeds all claims, and is paid for', async () => {
  const { result, calls, counted } = await embedded(vectorsFor)

  expect(calls.map(({ request }) => request)).toEqual([
    { model: 'text-embedding-3-small', input: ['One.', 'Two.'], dimensions: 256, encoding_format: 'float' },
  ])
  expect(result).toMatchObject({ inputTokens: 1_000, costUsd: 0.000_02, vectors: { model: 'text-embedding-3-small' } })
  const [one, two] = (result.vectors?.vectors ?? []).map((vector) => [...Buffer.from(vector, 'base64')].slice(0, 2))
  expect([one, two]).toEqual([
    [127, 64],
    [127, 32],
  ])
  expect(counted).toContain('model="text-embedding-3-small"} 1')
})

test('a claim without text keeps its place', async () => {
  const { result, calls } = await embedded(vectorsFor, { texts: ['One.', ' ', 'Three.'] })

  expect(calls[0]?.request.input).toEqual(['One.', 'Three.'])
  expect(result.vectors?.vectors.map((vector) => vector === '')).toEqual([false, true, false])
})

test.each<[string, Partial<ClaimsQuestion> & { texts?: string[]; emulated?: boolean }]>([
  ['has no claims', { texts: [] }],
  ['is no opening', { json: { votes: [] } }],
  ['is real, where the embedder is emulated', { sandbox: false }],
  ['is emulated, where the embedder is real', { emulated: false }],
  ['came at the last moment', { deadlineAt: now + 150 }],
  ['came after its deadline', { deadlineAt: now - 1 }],
  ['has spent what it may', { leftUsd: 0 }],
])('nothing is asked where the answer %s', async (_why, changes) => {
  const { result, calls } = await embedded(vectorsFor, changes)

  expect(calls).toEqual([])
  expect(result).toEqual({ inputTokens: 0, costUsd: 0 })
})

const embedding = (...values: number[]) => ({ index: 0, embedding: values })
const broken: [string, (call: EmbeddingCall) => unknown][] = [
  ['no list', () => ({ data: 'none' })],
  [
    'too few vectors',
    (call) => ({ data: [{ index: 0, embedding: Array.from({ length: call.request.dimensions ?? 0 }, () => 1) }] }),
  ],
  ['vectors of another length', () => ({ data: [embedding(1, 2), { ...embedding(1, 2), index: 1 }] })],
  [
    'the same vector twice',
    (call) => ({
      data: [0, 0].map((index) => ({
        index,
        embedding: Array.from({ length: call.request.dimensions ?? 0 }, () => 1),
      })),
    }),
  ],
  [
    'vectors without a direction',
    (call) => ({
      data: [0, 1].map((index) => ({
        index,
        embedding: Array.from({ length: call.request.dimensions ?? 0 }, () => 0),
      })),
    }),
  ],
]

test.each(broken)('an answer stays without vectors where the provider sends %s', async (_what, answer) => {
  const { result, faults } = await embedded(answer)

  expect(result.vectors).toBeUndefined()
  expect(faults).toEqual([])
})

test('no failure is thrown on, none is tried again, and only a fault in here is told', async () => {
  const outage = new ModelError('upstream_error', 'openai failed (500)', { retryable: true })
  const down = await embedded(() => Promise.reject(outage))
  const bug = await embedded(() => Promise.reject(new TypeError('not a function')))

  expect(down).toMatchObject({ result: { inputTokens: 0, costUsd: 0 }, faults: [] })
  expect(down.calls).toHaveLength(1)
  expect(bug.faults).toMatchObject([{ message: 'not a function' }])
})

test('a provider that never answers is not waited for, nor one that does not heed its signal', async () => {
  const { result, calls, faults } = await embedded(() => new Promise(() => {}))

  expect(result).toEqual({ inputTokens: 0, costUsd: 0 })
  expect(calls[0]?.signal.aborted).toBe(true)
  expect(faults).toEqual([])
})

test('a turn that is stopped keeps the answer that it has', async () => {
  const stop = new AbortController()
  const { result, faults } = await embedded(
    () => {
      stop.abort(new TurnStopped('closing'))
      return new Promise(() => {})
    },
    { signal: stop.signal },
  )

  expect(result).toEqual({ inputTokens: 0, costUsd: 0 })
  expect(faults).toEqual([])
})

test('packing changes the likeness of two vectors by less than 0.005', () => {
  const dimensions = 256
  const vector = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: dimensions, maxLength: dimensions })
  fc.assert(
    fc.property(vector, vector, (a, b) => {
      fc.pre([a, b].every((values) => Math.max(...values.map(Math.abs)) > 1e-6))
      const data = [a, b].map((values, index) => ({ index, embedding: values }))
      const body = new TextEncoder().encode(JSON.stringify({ data }))
      const packed = packVectors(body, { texts: ['a', 'b'], dimensions, model: 'm' })
      const [x = [], y = []] = (packed?.vectors ?? []).map((text) => [...Int8Array.from(Buffer.from(text, 'base64'))])

      expect(Math.abs(cosine(x, y) - cosine(a, b))).toBeLessThan(0.005)
    }),
  )
})

function cosine(a: readonly number[], b: readonly number[]): number {
  const product = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0)
  return product / (Math.hypot(...a) * Math.hypot(...b))
}
