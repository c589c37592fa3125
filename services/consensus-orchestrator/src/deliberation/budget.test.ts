import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anEntry, aQuery, someSettings } from '../../test/builders.ts'
import { debateOutput, openingOutput, openOutput, synthesisOutput, votesOutput } from '../../test/outputs.ts'
import { play } from '../../test/play.ts'
import type { NewTurn, Query } from '../ports.ts'
import { nextWave, openingCost } from './budget.ts'

const names = ['gpt5', 'claude', 'gemini', 'grok']

/** Answers that keep a council busy: a closed question split in the middle, or an open one with claims that others deny. */
function outputOf({ model, purpose, prompt }: NewTurn, open: boolean) {
  const index = names.indexOf(model)
  switch (purpose) {
    case 'opening':
      return open
        ? openOutput(`The ${model} point stands on its own.`)
        : openingOutput({ final: index % 2 === 0 ? '391' : '401' })
    case 'vote':
      return votesOutput(prompt, (text) => (text.length % 2 === 0 ? 'agree' : 'disagree'))
    case 'debate':
      return debateOutput({ stance: 'change', final: index % 2 === 0 ? '401' : '391' })
    case 'synthesis':
      return index === 0 ? { text: 'It says nothing that stands on a claim.', json: null } : synthesisOutput(prompt)
  }
}

function bounded(
  bound: number,
  override: Partial<Query['settings']> = {},
  prices: readonly [number, number] = [1, 10],
): Query {
  const [inputUsdPerMillionTokens, outputUsdPerMillionTokens] = prices
  const panel = names.map((name) => anEntry(name, { inputUsdPerMillionTokens, outputUsdPerMillionTokens }))
  return aQuery({ panel, settings: someSettings({ max_cost_usd: bound, debate_rounds: 4, ...override }) })
}

const prices = fc.tuple(fc.double({ min: 0, max: 20, noNaN: true }), fc.double({ min: 0.1, max: 90, noNaN: true }))
const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 40 })
const settings = fc.record({
  effort: fc.constantFrom('thorough', 'thrifty'),
  answer_type: fc.constantFrom('number', 'open'),
})

describe('a bound on cost, whatever the turns really cost', () => {
  test('is never exceeded by more than one turn, as long as each keeps to its own allowance', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.0001, max: 2, noNaN: true }),
        prices,
        settings,
        shares,
        (bound, price, how, costs) => {
          const allowances: number[] = []
          const { query } = play(bounded(bound, how, price), (turn, index) => {
            const allowed = turn.prompt.max_cost_usd ?? Number.POSITIVE_INFINITY
            allowances.push(allowed)
            const output = outputOf(turn, how.answer_type === 'open')
            return { output, costUsd: allowed * (costs[index % costs.length] ?? 1) }
          })

          expect(query.status).not.toBe('processing')
          expect(query.costUsd).toBeLessThanOrEqual(bound + Math.max(0, ...allowances) + 1e-9)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('is left behind by no more than a usual turn’s cost, even where every turn takes all that it may', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.05, max: 5, noNaN: true }), settings, (bound, how) => {
        const asked = bounded(bound, how)
        const { query } = play(asked, (turn) => ({
          output: outputOf(turn, how.answer_type === 'open'),
          costUsd: turn.prompt.max_cost_usd ?? 0,
        }))

        expect(query.costUsd).toBeLessThanOrEqual(bound + openingCost(asked, asked.panel.slice(0, 1)) + 1e-9)
      }),
    )
  })

  test('once crossed ends all asking, even of turns that cost a hundred times their allowance', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1, noNaN: true }), settings, shares, (bound, how, costs) => {
        const { waves, query } = play(bounded(bound, how), (turn, index) => ({
          output: outputOf(turn, how.answer_type === 'open'),
          costUsd: 100 * bound * (costs[index % costs.length] ?? 1),
        }))

        expect(query.status).not.toBe('processing')
        expect(waves.slice(1).every(({ spentBefore }) => spentBefore < bound)).toBe(true)
      }),
    )
  })

  test('counts in full what was given up and may still be charged', () => {
    const { query, waves } = play(bounded(0.5), (turn) => {
      const lost = turn.purpose === 'opening' && turn.model === 'grok'
      return lost
        ? { output: null, costUsd: turn.prompt.max_cost_usd ?? 0, settled: false }
        : { output: outputOf(turn, false), costUsd: 0.01 }
    })
    const owed = waves[0]?.turns.find(({ model }) => model === 'grok')?.prompt.max_cost_usd ?? 0
    const later = waves.slice(1).flatMap(({ turns }) => turns.map(({ prompt }) => prompt.max_cost_usd ?? 0))

    expect(query.status).toBe('completed')
    expect(Math.max(...later) + owed + 0.03).toBeLessThanOrEqual(0.5)
  })
})

describe('the openings', () => {
  const modelsOf = (bound: number) => nextWave(bounded(bound), [], names).map(({ model }) => model)
  const usual = openingCost(bounded(1), bounded(1).panel)

  test('are asked at once where each has room, and one at a time where the bound is tight', () => {
    expect(modelsOf(10)).toEqual(names)
    expect(modelsOf(usual * 2.1)).toEqual(names)
    expect(modelsOf(usual * 1.1)).toEqual(['gpt5', 'claude'])
    expect(modelsOf(usual / 4)).toEqual(['gpt5'])
    expect(modelsOf(usual / 5)).toEqual([])
  })

  test('under a tight bound still reach all models, one wave after the other, while money lasts', () => {
    const { waves, query } = play(bounded(usual * 1.1), (turn) => ({
      output: outputOf(turn, false),
      costUsd: usual / 8,
    }))
    const openings = waves.map(({ turns }) => turns.filter(({ purpose }) => purpose === 'opening').length)

    expect(openings.filter((count) => count > 0).length).toBeGreaterThan(1)
    expect(openings.reduce((sum, count) => sum + count, 0)).toBe(4)
    expect(query.status).toBe('completed')
  })

  test('without a bound have no allowance', () => {
    const { waves } = play(bounded(1, { max_cost_usd: null }), (turn) => ({
      output: outputOf(turn, false),
      costUsd: 99,
    }))

    expect(waves.flatMap(({ turns }) => turns).every(({ prompt }) => prompt.max_cost_usd === undefined)).toBe(true)
  })
})

test('a second wave, a vote, a debate and a writer are each left out where their estimate is beyond the bound', () => {
  const spending = (purposes: readonly string[], how: Partial<Query['settings']>) =>
    play(bounded(1, how), (turn) => ({
      output: outputOf(turn, how.answer_type === 'open'),
      costUsd: purposes.includes(turn.purpose) ? 0.495 : 0,
    })).waves.map(({ turns }) => `${turns.length} ${turns[0]?.purpose}`)

  expect(spending(['opening'], { effort: 'thrifty', answer_type: 'number' })).toEqual(['2 opening'])
  expect(spending(['opening'], { answer_type: 'open' })).toEqual(['4 opening'])
  expect(spending(['opening'], { answer_type: 'number' })).toEqual(['4 opening'])
  expect(spending(['vote'], { answer_type: 'open' })).toEqual(['4 opening', '4 vote'])
})
