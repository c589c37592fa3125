import { describe, expect, test } from 'vitest'
import { aModel } from '../../test/neighbours.ts'
import { plainPrior } from '../decision/weights.ts'
import { learnedCache, learnedFrom } from './learned.ts'
import type { Fitted, LearnedReliability, Scope, Snapshot } from './ports.ts'
import { shownReliability } from './shown-reliability.ts'

function aRow(scope: Scope, mean: number, overrides: Partial<LearnedReliability> = {}): LearnedReliability {
  const current = { mean, gradedItems: 40 }
  const shown = shownReliability(scope, [{ confidence: 0.9, right: 40 * mean, wrong: 40 * (1 - mean) }])
  const key = { model: 'gpt5', providerModel: 'gpt-5', sandbox: false }
  return { ...key, scope, current, former: current, day: '2026-02-01', shown, disagreement: null, ...overrides }
}

function someFitted(overrides: Partial<Fitted> = {}): Fitted {
  return { sandbox: false, scope: 'overall', models: 5, questions: 90, settings: { temperature: 3 }, ...overrides }
}

const real = aModel({ state: 'ok' })

describe('what a query takes of what has been learned', () => {
  const learned = learnedFrom({
    reliabilities: [aRow('overall', 0.8), aRow('law', 0.5), aRow('overall', 0.1, { sandbox: true })],
    fitted: [someFitted(), someFitted({ scope: 'law', settings: { temperature: 2, coincidence: 0.4 } })],
  })

  test('is the domain’s where there is one, else the overall, else the plain prior', () => {
    expect(learned.of(real, 'law').mean).toBe(0.5)
    expect(learned.of(real, 'code').mean).toBe(0.8)
    expect(learned.of(aModel({ name: 'new', state: 'ok' }), 'law')).toEqual(plainPrior)
  })

  test('is never an emulated model’s for a real one, nor a former model’s behind the same name', () => {
    expect(learned.of(aModel({ state: 'sandbox' }), 'law').mean).toBe(0.1)
    expect(learned.of(aModel({ state: 'ok', provider_model: 'gpt-5.1' }), 'law')).toEqual(plainPrior)
  })

  test('is pooled as fitted, with a temperature for as many models as are asked', () => {
    const panel = (size: number) =>
      Array.from({ length: size }, (_, index) => aModel({ name: `m${index}`, state: 'ok' }))

    expect(learned.settings(panel(5), 'code')).toEqual({ temperature: 3 })
    expect(learned.settings(panel(3), 'code')).toEqual({ temperature: 2 })
    expect(learned.settings(panel(1), 'code')).toEqual({ temperature: 1 })
    expect(learned.settings(panel(5), 'law')).toEqual({ temperature: 2, coincidence: 0.4 })
    expect(learned.settings([real, aModel({ state: 'sandbox' })], 'law')).toEqual({})
    expect(learned.settings([aModel({ state: 'sandbox' })], 'law')).toEqual({})
  })

  test('weighs families by their company in that very company only', () => {
    const influence = { openai: 1.2, anthropic: 0.7 }
    const settings = { temperature: 2, influence }
    const { settings: taken } = learnedFrom({ reliabilities: [], fitted: [someFitted({ models: 2, settings })] })
    const [gpt, claude, gemini] = ['openai', 'anthropic', 'google'].map((family) =>
      aModel({ name: family, family, state: 'ok' }),
    )
    if (!gpt || !claude || !gemini) throw new Error('three models')

    expect(taken([claude, gpt], 'law')).toEqual({ temperature: 2, influence })
    expect(taken([gpt, gemini], 'law')).toEqual({ temperature: 2 })
    expect(taken([gpt, claude, gemini], 'law')).toEqual({ temperature: 3 })
  })

  test('is shown overall, and by domain where there are grades', () => {
    expect(learned.shown(real).map(({ domain, graded_items }) => [domain, graded_items])).toEqual([
      ['overall', 40],
      ['law', 40],
    ])
    expect(learned.shown(aModel({ name: 'new' }))).toMatchObject([
      { domain: 'overall', graded_items: 0, calibration: [] },
    ])
  })
})

describe('holding what has been read', () => {
  function held() {
    let [reads, time] = [0, 0]
    let answer: () => Promise<Snapshot> = async () => ({ reliabilities: [aRow('overall', 0.8)], fitted: [] })
    const cache = learnedCache(
      () => {
        reads += 1
        return answer()
      },
      () => new Date(time),
    )
    return {
      cache,
      reads: () => reads,
      wait: (ms: number) => (time += ms),
      answerWith: (next: typeof answer) => (answer = next),
      mean: async () => (await cache.current()).of(real, 'law').mean,
    }
  }

  test('takes one reading however many ask', async () => {
    const { cache, reads } = held()

    await Promise.all(Array.from({ length: 20 }, () => cache.current()))
    await cache.current()

    expect(reads()).toBe(1)
  })

  test('lets nobody wait for a new reading, or fail by it, while the old one is usable', async () => {
    const { mean, wait, answerWith } = held()
    await mean()
    answerWith(() => Promise.reject(new Error('the database is away')))
    wait(6_000)

    expect(await mean()).toBe(0.8)
    wait(700_000)
    await expect(mean()).rejects.toThrow('away')
  })

  test('reads anew after something was learned, even if a reading was under way', async () => {
    const { cache, mean, answerWith } = held()
    let give: (snapshot: Snapshot) => void = () => undefined
    answerWith(() => new Promise((resolve) => (give = resolve)))
    const old = cache.current()
    cache.forget()
    answerWith(async () => ({ reliabilities: [aRow('overall', 0.3)], fitted: [] }))
    expect(await mean()).toBe(0.3)
    give({ reliabilities: [aRow('overall', 0.8)], fitted: [] })
    await old

    expect(await mean()).toBe(0.3)
  })
})
