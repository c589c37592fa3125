import { assert, integer, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startClients } from '../test/clients.ts'
import { answerTimeMs, cutIntoPieces } from './pace.ts'

test('cuts text into pieces that join to it again, no more than asked for', () => {
  assert(
    property(string(), integer({ min: 1, max: 50 }), (text, limit) => {
      const pieces = cutIntoPieces(text, limit)

      expect(pieces.join('')).toBe(text)
      expect(pieces.length).toBeLessThanOrEqual(limit)
    }),
  )
})

describe('the time of an answer', () => {
  test('is one to three seconds for a human reader, and the same every time', () => {
    const times = Array.from({ length: 100 }, (_, n) => answerTimeMs('human', `question ${n}`))

    expect(Math.min(...times)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...times)).toBeLessThanOrEqual(3_000)
    expect(answerTimeMs('human', 'question 7')).toBe(times[7])
  })

  test('is spread over many pieces', async () => {
    const clients = await startClients({ pace: { minMs: 300, maxMs: 300 } })
    let deltas = 0
    const stream = await clients.openai.responses.create({
      model: 'gpt-5',
      input: 'Why does sleep matter?',
      stream: true,
    })
    for await (const event of stream) if (event.type === 'response.output_text.delta') deltas += 1
    const requests = await clients.requests()
    await clients.close()

    expect(deltas).toBeGreaterThan(3)
    expect(requests).toMatchObject([{ planned_ms: 300 }])
  })
})

test('serves two hundred streams at once', async () => {
  const clients = await startClients()
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, n) =>
      clients.openai.responses.stream({ model: 'gpt-5', input: `What is ${n} + 1?` }).finalResponse(),
    ),
  )
  await clients.close()

  expect(answers.every(({ output_text: text }, n) => text.includes(String(n + 1)))).toBe(true)
})
