import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aPanelist, closedDeliberation, settings } from '../../test/deliberation-builders.ts'
import { decide } from './decide.ts'
import { expectedGain } from './expected-gain.ts'

function gainOf(finals: readonly string[], unheard: readonly number[], temperature = 1): number {
  const deliberation = closedDeliberation(finals, { settings: settings({ answerType: 'number' }) })
  const decision = decide(deliberation)
  if (decision.form !== 'closed') throw new Error('not closed')
  const panelists = unheard.map((mean, index) => aPanelist(`late${index}`, { reliability: { mean, gradedItems: 50 } }))
  return expectedGain(decision, panelists, { settings: deliberation.settings, temperature })
}

test('a tie is worth a third opinion, and agreement is not', () => {
  expect(gainOf(['1', '2'], [0.8])).toBeGreaterThan(0.2)
  expect(gainOf(['1', '1'], [0.8])).toBeLessThan(0.01)
})

test('who knows nothing, and nobody, is worth nothing', () => {
  expect(gainOf(['1', '2'], [0.02])).toBeCloseTo(0)
  expect(gainOf(['1', '2'], [])).toBe(0)
})

test('one that is outweighed is worth nothing alone, and something with another', () => {
  expect(gainOf(['1', '1', '2'], [2 / 3])).toBeCloseTo(0)
  expect(gainOf(['1', '1', '2'], [2 / 3, 2 / 3])).toBeGreaterThan(0)
})

test('lies between nothing and what is missing to certainty, and one more to hear never lessens it', () => {
  const final = fc.constantFrom('1', '2', '3', '4')
  const mean = fc.double({ min: 0.02, max: 0.98, noNaN: true })
  fc.assert(
    fc.property(
      fc.array(final, { minLength: 2, maxLength: 4 }),
      fc.array(mean, { minLength: 1, maxLength: 4 }),
      fc.double({ min: 1, max: 4, noNaN: true }),
      (finals, means, temperature) => {
        const gain = gainOf(finals, means, temperature)
        expect(gain).toBeGreaterThanOrEqual(0)
        expect(gain).toBeLessThanOrEqual(1)
        expect(gainOf(finals, [...means, 0.7], temperature)).toBeGreaterThanOrEqual(gain - 1e-9)
      },
    ),
  )
})
