import { describe, expect, test } from 'vitest'
import { lineOf } from '../../test/ballot-builders.ts'
import { readBallotLine } from './ballot-line.ts'
import { questionFrom } from './question.ts'

const panel = ['a', 'b', 'c']

function asked(gold: unknown, finals: readonly unknown[], options?: unknown) {
  const answers = finals.map((final, index) => ({ model: panel[index], final }))
  return questionFrom(lineOf({ gold, answers, ...(options === undefined ? {} : { options }) }), panel)
}

describe('a line of ballots', () => {
  test('lists answers, or maps models to finals and confidences', () => {
    const listed = lineOf({
      gold: 'A',
      answers: [
        { model: 'a', final: 'B', confidence: 0.7 },
        { model: 'b', final: null },
      ],
    })
    const mapped = lineOf({ gold: 'A', finals: { a: 'B', b: null }, confs: { a: 0.7 } })

    expect(mapped).toEqual(listed)
    expect([...listed.answers]).toEqual([
      ['a', { final: 'B', confidence: 0.7 }],
      ['b', { final: null, confidence: null }],
    ])
  })

  test('gives a confidence by the distribution of an answer where none is stated', () => {
    const dist = { A: 0.2, B: 0.8 }
    const { answers } = lineOf({
      gold: 'A',
      answers: [
        { model: 'a', final: 'A', dist },
        { model: 'b', dist },
        { model: 'c', final: 'B', confidence: 0.6, dist },
        { model: 'd', final: null, dist },
      ],
    })

    expect([...answers.values()]).toEqual([
      { final: 'A', confidence: 0.2 },
      { final: 'B', confidence: 0.8 },
      { final: 'B', confidence: 0.6 },
      { final: null, confidence: null },
    ])
  })

  test('takes the name of its file for its data set where it names none', () => {
    expect(readBallotLine('{"id":7,"gold":true,"finals":{}}', 'crux')).toMatchObject({
      id: '7',
      dataset: 'crux',
      gold: 'true',
    })
  })

  test.each([
    ['{"id": "1"', 'not JSON'],
    ['[]', 'not an object'],
    ['{"gold":"A","answers":[]}', 'no id'],
    ['{"id":"1","answers":[]}', 'no gold answer'],
    ['{"id":"1","gold":null,"answers":[]}', 'no gold answer'],
    ['{"id":"1","gold":"A"}', 'no answers'],
    ['{"id":"1","gold":"A","answers":[{"final":"A"}]}', 'no answers'],
  ])('%s is refused: %s', (text, problem) => {
    expect(readBallotLine(text, 'file')).toBe(problem)
  })
})

describe('what was right', () => {
  test.each([
    ['a letter of so many options', 'B', ['(B)', 'b.', 'C'], 4, 4],
    ['a letter of listed options, or the option itself', 'B', ['London', 'b', 'Paris'], ['Paris', 'London', 'Rome'], 3],
    ['the text of a listed option', 'London', ['London', 'B)', 'A'], ['Paris', 'London'], 2],
    ['the name of a named option, or the option itself', 'Y', ['y', 'London', 'X'], { X: 'Paris', Y: 'London' }, 2],
    ['numbered names', '2', ['2', '(2)', '1'], { 1: 'Paris', 2: 'London' }, 2],
    ['yes or no', 'yes', ['True', 'Yes, it is.', 'no'], undefined, 2],
    ['yes or no among options', 'no', ['False', 'no', 'yes'], ['yes', 'no'], 2],
    ['a number', '18', ['18.0', 'It is 18.', '19'], undefined, 50],
    ['a number with its unit', '$18', ['18', '18 dollars', '19'], undefined, 50],
    ['a letter of options that were not recorded', 'B', ['B', 'b', 'D'], undefined, 4],
    ['a literal', "[1, 'a']", ['[1, "a"]', "[1,'a']", '[1]'], undefined, 50],
    ['a text with a number in it', "'a1'", ['a1', "'a1'", "'b1'"], undefined, 50],
    ['the empty text', '', ["''", '', "'a'"], undefined, 50],
  ])('%s', (_, gold, finals, options, count) => {
    const question = asked(gold, finals, options)

    expect(question.right).toEqual([true, true, false])
    expect(question.keys[0]).toBe(question.keys[1])
    expect(question.options).toBe(count)
  })

  test('null is no answer, and neither is a model that was not asked', () => {
    const question = asked('A', [null, 'A'], 4)

    expect(question.right).toEqual([false, true, false])
    expect(question.finals).toEqual([null, 'A', undefined])
    expect(question.keys).toEqual([undefined, '#0', undefined])
  })
})
