import type { TurnOutput } from '@concord/contracts/turns'
import { describe, expect, test } from 'vitest'
import { aQuery, aTurn, someSettings } from '../../test/builders.ts'
import { openOpening } from '../../test/deliberation-builders.ts'
import { openingOutput, openOutput } from '../../test/outputs.ts'
import { gatherDocket } from '../decision/docket.ts'
import type { QuerySettings, ReadTurn } from '../ports.ts'
import { gradeAnswers } from './grade-answers.ts'

const names = ['gpt5', 'claude', 'gemini', 'grok']

function closed(finals: readonly (string | null | undefined)[], settings: Partial<QuerySettings> = {}) {
  const asked = someSettings({ answer_type: 'number', ...settings })
  const query = aQuery({ status: 'completed', stage: 'done', settings: asked })
  const turns = finals.map((final, index) =>
    final === undefined
      ? aTurn(names[index] ?? '', { status: 'failed', output: null })
      : aTurn(names[index] ?? '', { output: openingOutput({ final, answer_type: 'number', confidence: 0.8 }) }),
  )
  return { query, turns }
}

function gradesOf({ query, turns }: ReturnType<typeof closed>, correct: boolean, expected?: string) {
  const feedback = expected === undefined ? { correct } : { correct, expected_answer: expected }
  return gradeAnswers(query, turns, feedback).map(({ correct: right }) => right)
}

describe('feedback on a closed answer', () => {
  const asked = closed(['391', '391', '391.0', '401'])

  test('that it was right grades all: those who gave it and those who did not', () => {
    expect(gradesOf(asked, true)).toEqual([true, true, true, false])
  })

  test('that it was wrong, and no more, grades only those who gave it', () => {
    expect(gradesOf(asked, false)).toEqual([false, false, false, null])
  })

  test('that it was wrong and what is right grades all by what is right, however it is written', () => {
    expect(gradesOf(asked, false, '401')).toEqual([false, false, false, true])
    expect(gradesOf(asked, false, ' 401,0 ')).toEqual([false, false, false, true])
    expect(gradesOf(asked, false, '7')).toEqual([false, false, false, false])
  })

  test('that contradicts itself, or expects what no answer could be, is refused and names the field', () => {
    const refusal = (of: ReturnType<typeof closed>, correct: boolean, expected: string) => () =>
      gradesOf(of, correct, expected)
    const yesNo = closed(['yes', 'no', 'yes', 'yes'], { answer_type: 'boolean' })

    expect(refusal(asked, true, '401')).toThrow('#/expected_answer')
    expect(refusal(asked, false, '391')).toThrow('#/expected_answer')
    expect(refusal(asked, false, 'hello')).toThrow('expected a number')
    expect(refusal(yesNo, false, 'maybe')).toThrow('expected yes or no')
    expect(gradesOf(asked, true, '391.0')).toEqual([true, true, true, false])
    expect(gradesOf(yesNo, false, 'non')).toEqual([false, true, false, false])
  })

  test('is by the opening, before anybody had read the others', () => {
    const reply: TurnOutput = {
      text: '',
      json: { reason: 'It is 401.', error_quoted: null, stance: 'change', final: '401', votes: [], confidence: 1 },
    }
    const debate = aTurn('gpt5', { purpose: 'debate', round: 1, output: reply })
    const { query, turns } = asked

    expect(gradesOf({ query: { ...query, round: 1 }, turns: [...turns, debate] }, true)[0]).toBe(true)
  })

  test('says nothing of a model that was lost, and counts an empty answer as none', () => {
    const graded = gradeAnswers(...args(closed(['391', '391', undefined, null])), { correct: true })

    expect(graded.map(({ correct }) => correct)).toEqual([true, true, null, null])
    expect(graded.map(({ grade }) => grade?.abstained)).toEqual([0, 0, undefined, 1])
  })

  test('reads a choice by its letter or its text', () => {
    const choice = closed(['A', 'A', 'B', 'C'], { answer_type: 'choice', choices: ['Paris', 'Lyon', 'Nice'] })

    expect(gradesOf(choice, false, 'B')).toEqual([false, false, true, false])
    expect(gradesOf(choice, false, 'nice')).toEqual([false, false, false, true])
  })

  test('is refused where what is expected is the very answer, or none of the choices', () => {
    const choice = closed(['A', 'A', 'B', 'C'], { answer_type: 'choice', choices: ['Paris', 'Lyon', 'Nice'] })

    expect(() => gradesOf(asked, false, '391')).toThrow('#/expected_answer')
    expect(() => gradesOf(choice, false, 'Marseille')).toThrow('#/expected_answer')
  })

  test('counts with the confidence that was stated, for the model that was behind the name', () => {
    const [first] = gradeAnswers(...args(asked), { correct: true })

    expect(first?.grade).toEqual({
      model: 'gpt5',
      providerModel: 'gpt5-1',
      sandbox: true,
      confidence: 80,
      right: 1,
      wrong: 0,
      abstained: 0,
    })
  })
})

describe('feedback on an open answer', () => {
  const painting = 'It is an old painting over our heads.'
  const facts = ['Air scatters short waves more.', 'Blue light has short waves.', 'The eye sees violet badly.']
  const factsWithSalience = facts.map((text, index): [string, number] => [text, 0.9 - index / 10])
  const query = aQuery({ status: 'completed', stage: 'done', settings: someSettings({ answer_type: 'open' }) })
  const turns: ReadTurn[] = [
    ...['gpt5', 'claude', 'gemini'].map((name) => aTurn(name, { output: openOutput(...facts) })),
    aTurn('grok', { output: openOutput(painting) }),
    ...names.map((name) => aTurn(name, { purpose: 'vote', output: votesOn(name) })),
  ]

  /** Grok is against whatever the others say, and they against what it says. */
  function votesOn(name: string): TurnOutput {
    const openings = names.map((model) => openOpening(model, model === 'grok' ? [[painting, 0.9]] : factsWithSalience))
    const votes = gatherDocket(openings).map(({ id: claim, text }) => ({
      claim,
      reason: 'As is known.',
      vote: (name === 'grok') === (text === painting) ? 'agree' : 'disagree',
      confidence: 0.9,
    }))
    return { text: '', json: { votes } }
  }

  test('that it was right counts for those who were for its claims and against those who were not', () => {
    const graded = gradeAnswers(query, turns, { correct: true })

    expect(graded.slice(0, 3).map(({ correct }) => correct)).toEqual([true, true, true])
    expect(graded[3]?.correct).toBe(false)
    for (const { grade } of graded) expect((grade?.right ?? 0) + (grade?.wrong ?? 0)).toBeCloseTo(1)
  })

  test('that it was wrong counts against those who were for it, and says nothing of the others', () => {
    const graded = gradeAnswers(query, turns, { correct: false })

    expect(graded.slice(0, 3).map(({ correct }) => correct)).toEqual([false, false, false])
    expect(graded[3]).toEqual({ model: 'grok', correct: null, grade: undefined })
  })
})

function args({ query, turns }: ReturnType<typeof closed>) {
  return [query, turns] as const
}
