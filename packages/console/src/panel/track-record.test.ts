import { expect, test } from 'vitest'
import { aReliability } from '../../test/fake-panel.ts'
import { tendencyOf, trackRecordOf } from './track-record.ts'

test('a model is measured from thirty graded answers on, in all domains together', () => {
  const graded = (items: number) =>
    trackRecordOf({
      reliability: [aReliability('law', { graded_items: 80 }), aReliability('overall', { graded_items: items })],
    })

  expect(graded(29).isMeasured).toBe(false)
  expect(graded(30).isMeasured).toBe(true)
})

test('a model of which nothing was said is not measured', () => {
  expect(trackRecordOf({ reliability: [] })).toEqual({
    overall: undefined,
    gradedItems: 0,
    isMeasured: false,
    domains: [],
  })
})

test('domains come with the best known first, and without those in which nothing was graded', () => {
  const { domains } = trackRecordOf({
    reliability: [
      aReliability('overall', { graded_items: 90 }),
      aReliability('law', { graded_items: 12 }),
      aReliability('code', { graded_items: 0 }),
      aReliability('science', { graded_items: 78 }),
    ],
  })

  expect(domains.map(({ domain }) => domain)).toEqual(['science', 'law'])
})

test.each([
  { stated: 0.9, correct: 0.8, kind: 'over', points: 10 },
  { stated: 0.7, correct: 0.75, kind: 'under', points: 5 },
  { stated: 0.9, correct: 0.88, kind: 'fair', points: 2 },
])('who says $stated and is right in $correct of the cases is $kind', ({ stated, correct, kind, points }) => {
  expect(tendencyOf([{ stated, correct, items: 10 }])).toEqual({ kind, points })
})

test('what was said often weighs more than what was said once', () => {
  const calibration = [
    { stated: 0.5, correct: 1, items: 1 },
    { stated: 0.9, correct: 0.8, items: 99 },
  ]

  expect(tendencyOf(calibration)?.kind).toBe('over')
  expect(tendencyOf([])).toBeUndefined()
})

test('too sure here and not sure enough there does not pass for fair', () => {
  const calibration = [
    { stated: 0.7, correct: 0.4, items: 10 },
    { stated: 0.8, correct: 1, items: 15 },
  ]

  expect(tendencyOf(calibration)).toEqual({ kind: 'both', points: 24 })
})
