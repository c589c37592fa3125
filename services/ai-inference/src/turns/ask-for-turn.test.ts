import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { aPrompt } from '../../test/builders.ts'
import type { Question } from '../calls/call-model.ts'
import { loadCatalogue } from '../models/catalogue.ts'
import { costUsd } from '../models/cost.ts'
import type { Usage } from '../ports.ts'
import { affordableTokens } from './affordable-tokens.ts'
import { askForTurn } from './ask-for-turn.ts'

const model = catalogued('gpt5')
const opening = { reasoning: [], answer_type: 'number', final: '1', alternatives: [], confidence: 1, claims: [] }

/** A model that answers with these texts, one a call, and spends all that it may. */
function greedy(texts: readonly string[], inputTokens = 100) {
  const asked: Question[] = []
  const spent: Usage = { inputTokens: 0, outputTokens: 0 }
  const ask = (maxCostUsd: number | undefined) =>
    askForTurn(
      async (question) => {
        asked.push(question)
        spent.inputTokens += inputTokens
        spent.outputTokens += question.prompt.maxOutputTokens
        question.meter.usage = { ...spent }
        const usage = { inputTokens, outputTokens: question.prompt.maxOutputTokens }
        return { text: texts[asked.length - 1] ?? '', usage, providerModel: 'x', finish: 'complete' }
      },
      {
        model,
        purpose: 'opening',
        prompt: { ...aPrompt(), ...(maxCostUsd === undefined ? {} : { max_cost_usd: maxCostUsd }) },
        deadlineAt: Date.now() + 10_000,
        signal: new AbortController().signal,
        meter: { attempts: 0, usage: { inputTokens: 0, outputTokens: 0 } },
        maxAttempts: 3,
        onDelta: () => {},
      },
    )
  return { ask, asked, spent }
}

describe('a turn with a bound on its cost', () => {
  test('never spends more, its repair included, whatever the model does', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.01, max: 0.5, noNaN: true }), async (bound) => {
        const { ask, spent } = greedy(['no JSON', JSON.stringify(opening)])
        await ask(bound).catch(() => undefined)

        expect(costUsd(model, spent)).toBeLessThanOrEqual(bound)
      }),
    )
  })

  test('is not asked a second time where the first answer has used it up', async () => {
    const { ask, asked } = greedy(['no JSON', JSON.stringify(opening)])

    await expect(ask(0.05)).rejects.toMatchObject({ reason: 'malformed_output' })
    expect(asked).toHaveLength(1)
    expect(asked[0]?.affordsAnother?.()).toBe(false)
  })

  test('is asked as any other where the bound is far off, and where there is none', async () => {
    const caps = [10, undefined].map(async (bound) => {
      const { ask, asked } = greedy(['no JSON', JSON.stringify(opening)])
      await ask(bound)
      return asked.map(({ prompt }) => prompt.maxOutputTokens)
    })

    expect(await Promise.all(caps)).toEqual([
      [20_000, 20_000],
      [20_000, 20_000],
    ])
  })
})

test('a prompt in any script is taken for no fewer tokens than it can have', () => {
  const bound = { maxCostUsd: 1, spent: { inputTokens: 0, outputTokens: 0 } }
  const [latin = 0, japanese = 0] = ['question '.repeat(100), '質問です。'.repeat(100)].map((user) =>
    affordableTokens(model, { system: '', user }, bound),
  )

  expect(latin).toBeGreaterThan(japanese)
})

function catalogued(name: string) {
  const found = loadCatalogue().get(name)
  if (found === undefined) throw new Error(`the catalogue has no ${name}`)
  return found
}
