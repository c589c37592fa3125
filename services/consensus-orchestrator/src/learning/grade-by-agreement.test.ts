import { describe, expect, test } from 'vitest'
import { gradesByAgreement } from './grade-by-agreement.ts'
import type { GradedLine, PastBallots } from './ports.ts'

function ballots(queryId: string, answers: readonly (number | null)[], sandbox = false): PastBallots {
  return {
    queryId,
    domain: 'law',
    options: 4,
    ballots: answers.map((answer, index) => ({
      model: `m${index}`,
      providerModel: `m${index}-1`,
      sandbox,
      answer,
      confidence: 80,
    })),
  }
}

function anchor(model: number, right: number, wrong: number): GradedLine {
  const key = { model: `m${model}`, providerModel: `m${model}-1`, sandbox: false }
  return { ...key, domain: 'law', source: 'anchor', confidence: 80, right, wrong, abstained: 0 }
}

describe('grades by agreement', () => {
  test('are a third of a grade for every answer, and none for a model that gave none', () => {
    const [graded] = gradesByAgreement([ballots('q1', [0, 0, 1, null])], [])

    expect(graded?.grades.map(({ model }) => model)).toEqual(['m0', 'm1', 'm2'])
    for (const { right, wrong, confidence } of graded?.grades ?? []) {
      expect(right + wrong).toBeCloseTo(1 / 3)
      expect(confidence).toBe(80)
    }
    const [agreeing, , other] = graded?.grades ?? []
    expect(agreeing?.right).toBeGreaterThan(other?.right ?? 1)
  })

  test('go with the model that the anchors speak for, against two that err alike', () => {
    const asked = Array.from({ length: 20 }, (_, index) => ballots(`q${index}`, [0, 1, 1]))
    const known = [anchor(0, 57, 3), anchor(1, 9, 51), anchor(2, 9, 51)]

    const [blind] = gradesByAgreement(asked, [])
    const [anchored] = gradesByAgreement(asked, known)

    expect(blind?.grades[0]?.right).toBeLessThan(1 / 6)
    expect(anchored?.grades[0]?.right).toBeGreaterThan(1 / 6)
  })

  test('of real models do not depend on what emulated ones answered', () => {
    const mixed = ballots('q1', [0, 0, 1])
    const emulated = ballots('q1', [1, 1, 1, 1, 1], true).ballots.map((one) => ({ ...one, model: `e${one.model}` }))
    const real = (asked: PastBallots) => gradesByAgreement([asked], [])[0]?.grades.filter(({ sandbox }) => !sandbox)

    expect(real({ ...mixed, ballots: [...mixed.ballots, ...emulated] })).toEqual(real(mixed))
  })

  test('are given to nobody where one model alone answered, and the query counts as graded', () => {
    expect(gradesByAgreement([ballots('q1', [0, null])], [])).toEqual([{ queryId: 'q1', domain: 'law', grades: [] }])
  })
})
