import { describe, expect, test } from 'vitest'
import { randomFrom } from '../evaluation/random.ts'
import { accuraciesByAgreement, answerShares, gradeByAgreement, type AskedQuestion } from './dawid-skene.ts'

/** `alike`: how often a model that errs falls for the same wrong answer as the others. */
function asked(count: number, accuracies: readonly number[], alike: number, anchors = 0): AskedQuestion[] {
  const random = randomFrom(11)
  return Array.from({ length: count }, (_, index) => {
    const votes = accuracies.map((accuracy) => {
      if (random() < accuracy) return 'right'
      return random() < alike ? 'lure' : `wrong ${Math.floor(random() * 3)}`
    })
    const known = votes.includes('right') ? 'right' : null
    return index < anchors ? { options: 5, votes, known } : { options: 5, votes }
  })
}

const uneven = [0.95, 0.85, 0.7, 0.5]
const weakMajority = [0.95, 0.4, 0.4, 0.4]

describe('accuracy judged by agreement', () => {
  test('is found without any known answer where models err apart', () => {
    const found = accuraciesByAgreement(asked(3_000, uneven, 0.2), uneven.length)

    for (const [index, accuracy] of uneven.entries())
      expect(Math.abs((found[index] ?? 0) - accuracy)).toBeLessThan(0.05)
  })

  test('is deceived by a weak majority that errs alike, and set right by thirty anchors', () => {
    const ranked = (accuracies: readonly number[]) => accuracies.every((accuracy) => accuracy <= (accuracies[0] ?? 0))

    expect(ranked(accuraciesByAgreement(asked(1_000, weakMajority, 1), 4))).toBe(false)
    expect(ranked(accuraciesByAgreement(asked(30, weakMajority, 1, 30), 4))).toBe(true)
  })

  test('leaves a model that never answered at the prior', () => {
    expect(accuraciesByAgreement([{ options: 4, votes: ['A', undefined] }], 2)[1]).toBeCloseTo(4 / 6)
    expect(accuraciesByAgreement([], 2)).toEqual([4 / 6, 4 / 6])
  })

  test('takes a repeated pattern for as many questions', () => {
    const pattern = { options: 4, votes: ['A', 'A', 'B'] }
    const other = { options: 4, votes: ['A', 'B', 'B'] }

    const counted = accuraciesByAgreement([{ ...pattern, count: 3 }, other], 3)
    const repeated = accuraciesByAgreement([pattern, pattern, pattern, other], 3)

    for (const [index, accuracy] of counted.entries()) expect(accuracy).toBeCloseTo(repeated[index] ?? 0, 9)
  })
})

test('the shares of the answers given, and of those nobody gave, sum to one', () => {
  const shares = [...answerShares({ options: 2, votes: ['A', 'B', 'A', undefined] }, [0.9, 0.8, 0.6, 0.7]).values()]

  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1)
  expect(answerShares({ options: 4, votes: ['A', undefined] }, [0.7, 0.7]).get('A')).toBeCloseTo(0.7)
})

test('a grade by agreement counts for a third', () => {
  const { right, wrong } = gradeByAgreement(0.8, 0.75)

  expect(right + wrong).toBeCloseTo(1 / 3)
  expect(right).toBeCloseTo(0.25)
})
