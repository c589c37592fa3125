import { expect, test } from 'vitest'
import { guarantees, isClean, judge } from './audit.ts'
import type { Evidence } from './audit.ts'
import type { Asked, StoredQuery } from './observations.ts'

type Stored = StoredQuery & { degraded: boolean }

const asked = (change: Partial<Asked> = {}): Asked => ({
  user: 'u1',
  question: 'What is 1 + 1?',
  ids: ['q1'],
  refused: false,
  acceptedAtMs: 10,
  deadlineS: 60,
  seqs: [1, 2, 3],
  ending: 'query_completed',
  endedAtMs: 900,
  ...change,
})
const query = (change: Partial<Stored> = {}): Stored => ({
  id: 'q1',
  user: 'u1',
  question: 'What is 1 + 1?',
  status: 'completed',
  errorCode: undefined,
  createdAt: 1_000,
  completedAt: 2_000,
  deadlineAt: 61_000,
  degraded: false,
  events: { count: 3, last: 3, endings: 1 },
  ...change,
})
const evidence = (change: Partial<Evidence> = {}): Evidence => ({
  asked: [asked()],
  stored: [query()],
  counted: [{ user: 'u1', count: 1 }],
  askedAgain: [],
  graceMs: () => 5_000,
  ...change,
})
const broken = (change: Partial<Evidence>): string[] => {
  const verdict = judge(evidence(change))
  return guarantees.filter((name) => verdict[name].length > 0)
}

test('a run in which all that was accepted ended is clean', () => {
  const verdict = judge(evidence())

  expect(isClean(verdict)).toBe(true)
  expect(verdict).toMatchObject({ asked: 1, accepted: 1, completed: 1, failedHonestly: 0, unanswered: 0 })
})

test('a query that failed with a reason and gave its place back is honest', () => {
  const failed = query({ status: 'failed', errorCode: 'insufficient_quorum' })
  const verdict = judge(evidence({ stored: [failed], counted: [{ user: 'u1', count: 0 }] }))

  expect(isClean(verdict)).toBe(true)
  expect(verdict).toMatchObject({ completed: 0, failedHonestly: 1 })
})

test('a question that was never accepted may be unanswered, and may have been stored once', () => {
  const untold = asked({ ids: [], acceptedAtMs: undefined, seqs: [], ending: undefined })

  expect(judge(evidence({ asked: [untold] }))).toMatchObject({ accepted: 0, unanswered: 1 })
  expect(broken({ asked: [untold] })).toEqual([])
  expect(broken({ asked: [untold], stored: [], counted: [] })).toEqual([])
})

test.each<[string, Partial<Evidence>, string[]]>([
  ['an accepted query that is not stored', { stored: [], counted: [] }, ['lost']],
  ['a failure without a reason', { stored: [query({ status: 'failed' })], counted: [] }, ['lost']],
  ['two queries of one key', { asked: [asked({ ids: ['q1', 'q2'] })] }, ['doubled']],
  [
    'one question stored twice',
    { stored: [query(), query({ id: 'q2' })], counted: [{ user: 'u1', count: 2 }] },
    ['doubled'],
  ],
  ['a second end', { stored: [query({ events: { count: 3, last: 3, endings: 2 } })] }, ['doubled']],
  ['a query counted twice', { counted: [{ user: 'u1', count: 2 }] }, ['miscounted']],
  ['a query that was not counted', { counted: [] }, ['miscounted']],
  ['a place not given back', { stored: [query({ status: 'failed', errorCode: 'deadline' })] }, ['miscounted']],
  ['a query that has not ended', { stored: [query({ status: 'processing', completedAt: undefined })] }, ['stuck']],
  ['an end after deadline and grace', { stored: [query({ completedAt: 66_001 })] }, ['stuck']],
  ['a gap in what is stored', { stored: [query({ events: { count: 3, last: 4, endings: 1 } })] }, ['gaps']],
  ['a gap in what a client got', { asked: [asked({ seqs: [1, 3] })] }, ['gaps']],
  ['an event that a client got twice', { asked: [asked({ seqs: [1, 2, 2] })] }, ['gaps']],
  ['a client that is never told of the end', { asked: [asked({ ending: undefined })] }, ['gaps']],
  ['a stored turn asked again', { askedAgain: ['a turn'] }, ['askedAgain']],
])('%s is found', (_, change, names) => {
  expect(broken(change)).toEqual(names)
})
