import { describe, expect, test } from 'vitest'
import { randomFrom } from '../evaluation/random.ts'
import { fitInfluence, type FamilyScores } from './influence.ts'

/** Four families of equal records. The last two know what the first knows, and nothing else: with `copied` they repeat it. */
function questions(count: number, copied: number): FamilyScores[] {
  const random = randomFrom(11)
  const answer = () => (random() < 0.7 ? 0 : 1)
  return Array.from({ length: count }, () => {
    const first = answer()
    const copy = () => (random() < copied ? first : answer())
    const answers = [first, answer(), copy(), copy()]
    return {
      scores: [0, 1].map((option) => answers.map((given) => (given === option ? 0.85 : 0))),
      truth: 0,
      unseen: 0,
    }
  })
}

describe('the influence of families', () => {
  test('is even where they err apart', () => {
    for (const value of fitInfluence(questions(4_000, 0), 4, 1)) expect(Math.abs(value - 1)).toBeLessThan(0.15)
  })

  test('of one that stands alone is above that of those that repeat each other, and the right answers are likelier by it', () => {
    const [first = 0, alone = 0, second = 0, third = 0] = fitInfluence(questions(4_000, 0.9), 4, 1)

    expect(alone).toBeGreaterThan(1.5 * Math.max(first, second, third))
    expect(alone).toBeLessThan(1.2)
  })

  test('stays near 1 on few questions', () => {
    for (const value of fitInfluence(questions(10, 0.9), 4, 1)) expect(Math.abs(value - 1)).toBeLessThan(0.1)
  })

  test('is never negative, however often a family is wrong', () => {
    const wrong = {
      scores: [
        [1, 0],
        [0, 2],
      ],
      truth: 0,
      unseen: 0,
    }

    expect(
      fitInfluence(
        Array.from({ length: 2_000 }, () => wrong),
        2,
        1,
      )[1],
    ).toBe(0)
  })

  test('says nothing where there is nothing to tell', () => {
    expect(fitInfluence([], 2, 1)).toEqual([1, 1])
    expect(fitInfluence([{ scores: [], truth: -1, unseen: 0 }], 1, 1)).toEqual([1])
  })
})
