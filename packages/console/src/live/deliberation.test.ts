import { describe, expect, test } from 'vitest'
import type { LiveEvent } from '@concord/contracts/live-events'
import {
  answered,
  cancelled,
  delta,
  measured,
  modelStarted,
  queryId,
  roundStarted,
  started,
  written,
} from '../../test/live-builders.ts'
import { applyEvent, isMissingEvents, newDeliberation, type Deliberation } from './deliberation.ts'

function after(...events: LiveEvent[]): Deliberation {
  return events.reduce(applyEvent, newDeliberation(queryId))
}

function opening(state: Deliberation, model = 'gpt5') {
  return state.rounds[0]?.turns[model]?.find(({ purpose }) => purpose === 'opening')
}

const whole = [started(1), roundStarted(2), modelStarted(3), answered(4), measured(5), cancelled(6)]

describe('durable events', () => {
  test('build the same state in whatever order they come', () => {
    const inOrder = after(...whole)
    const shuffled = [3, 0, 5, 1, 4, 2].map((index) => whole[index]).filter((event) => event !== undefined)

    expect(after(...shuffled)).toEqual(inOrder)
    expect(inOrder).toMatchObject({ lastSeq: 6, status: 'cancelled', isComplete: true, question: 'Six by seven?' })
  })

  test('change nothing when they come again', () => {
    const state = after(...whole)

    expect(whole.reduce(applyEvent, state)).toBe(state)
  })

  test('wait for the one that is missing, and say so', () => {
    const early = after(started(1), roundStarted(2), answered(4))

    expect(isMissingEvents(early)).toBe(true)
    expect(early.lastSeq).toBe(2)
    expect(opening(early)?.status).toBe('waiting')

    const complete = applyEvent(early, modelStarted(3))

    expect(isMissingEvents(complete)).toBe(false)
    expect(complete.lastSeq).toBe(4)
    expect(opening(complete)).toMatchObject({ status: 'answered', answer: '42', confidence: 0.9 })
  })

  test('of another query are left alone', () => {
    const state = after(started(1))

    expect(applyEvent(state, { ...roundStarted(2), query_id: `qry_${'9'.repeat(32)}` })).toBe(state)
  })

  test('keep the number, not the content, of a type that is not known here', () => {
    const unknown = JSON.parse(JSON.stringify({ ...roundStarted(2), type: 'something_new' }))
    const state = after(started(1), unknown, roundStarted(3))

    expect(state.lastSeq).toBe(3)
    expect(state.rounds).toHaveLength(1)
  })
})

describe('deltas', () => {
  test('grow the text of the turn that runs', () => {
    const state = after(started(1), roundStarted(2), modelStarted(3), delta('Six '), delta('sevens'))

    expect(opening(state)).toMatchObject({ status: 'thinking', text: 'Six sevens' })
  })

  test('of a later attempt replace the text, and those of an earlier one are dropped', () => {
    const state = after(
      started(1),
      roundStarted(2),
      modelStarted(3),
      delta('Wrong start'),
      modelStarted(4, { attempt: 2 }),
      delta('A new '),
      delta(' tail of the first'),
      delta('answer', { attempt: 2 }),
    )

    expect(opening(state)).toMatchObject({ attempt: 2, text: 'answer' })
  })

  test('that outrun the start of their attempt are kept when it comes', () => {
    const state = after(started(1), roundStarted(2), delta('Early', { attempt: 2 }), modelStarted(3, { attempt: 2 }))

    expect(opening(state)).toMatchObject({ attempt: 2, text: 'Early' })
  })

  test('after the answer change nothing', () => {
    const state = after(started(1), roundStarted(2), modelStarted(3), answered(4))

    expect(applyEvent(state, delta('too late'))).toBe(state)
  })

  test('of the synthesis grow, and a second writer begins anew', () => {
    const first = after(started(1), written('It '), written('is'))

    expect(first.synthesis?.text).toBe('It is')
    expect(applyEvent(first, written('Now', { model: 'gpt5' })).synthesis).toEqual({
      model: 'gpt5',
      attempt: 1,
      text: 'Now',
    })
  })
})

test('the turns of each round stay apart', () => {
  const state = after(
    started(1),
    roundStarted(2),
    answered(3),
    roundStarted(4, 1),
    answered(5, { round: 1, purpose: 'debate', stance: 'change', answer: '43' }),
  )

  expect(opening(state)?.answer).toBe('42')
  expect(state.rounds[1]?.turns['gpt5']).toMatchObject([{ purpose: 'debate', stance: 'change', answer: '43' }])
})
