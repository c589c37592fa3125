import { expect, test } from 'vitest'
import { mostVoted, readBallot } from './ballots.ts'

test.each([
  ['so\n\n**FINAL ANSWER:** \\(\\boxed{-15}\\)', '-15'],
  ['FINAL ANSWER: 18', '18'],
  ['**FINAL ANSWER: $70,000**', '70000'],
  ['FINAL ANSWER: 3 bolts', '3'],
  ['FINAL ANSWER: $70,000 [/INST]', '70000'],
  ['Final Answer: [195000]', '195000'],
  ['Profit = $200,000 - $130,000, so Josh made \\$70,000.', '70000'],
  ['I am not sure.', undefined],
])('reads a number in %j', (text, ballot) => {
  expect(readBallot(text, 'number')).toBe(ballot)
})

test.each([
  ['A\n\nFINAL ANSWER: A', 'A'],
  ['**FINAL ANSWER: H**', 'H'],
  ['It is 7 or so.', undefined],
])('reads a letter in %j', (text, ballot) => {
  expect(readBallot(text, 'letter')).toBe(ballot)
})

test('names those that are even', () => {
  expect(mostVoted(['A', 'B', undefined, 'B', 'A'])).toEqual(['A', 'B'])
  expect(mostVoted([undefined])).toEqual([])
})
