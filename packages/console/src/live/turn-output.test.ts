import { expect, test } from 'vitest'
import { readTurnOutput } from './turn-output.ts'

test.each([
  null,
  undefined,
  7,
  'text',
  [],
  { votes: 'none', reasoning: { 0: 'x' }, claims: [null, 3] },
  { votes: [{ claim: 1 }, null] },
])('reads nothing out of %j, and does not fail', (output) => {
  expect(readTurnOutput(output)).toEqual({
    reasoning: [],
    reason: undefined,
    errorQuoted: undefined,
    final: undefined,
    claims: [],
    votes: [],
  })
})

test('reads what each form of turn carries', () => {
  const read = readTurnOutput({
    reasoning: ['one', 'two'],
    error_quoted: 'the step',
    votes: [{ claim: 'c1', vote: 'agree', reason: 'so it is', confidence: 0.7 }],
  })

  expect(read).toMatchObject({
    reasoning: ['one', 'two'],
    errorQuoted: 'the step',
    votes: [{ claim: 'c1', vote: 'agree' }],
  })
})
