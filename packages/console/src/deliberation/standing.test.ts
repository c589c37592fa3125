import { expect, test } from 'vitest'
import { measured, queryId, started, roundStarted } from '../../test/live-builders.ts'
import { applyEvent, newDeliberation } from '../live/deliberation.ts'
import { lanesOf, standings, toneOf } from './standing.ts'

const deliberation = [
  started(1),
  roundStarted(2),
  measured(3, {
    positions: [
      { position: '42', models: ['gpt5'], support: 0.5 },
      { position: '54', models: ['claude'], support: 0.5 },
    ],
  }),
  roundStarted(4, 1),
  measured(5, { round: 1, positions: [{ position: '54', models: ['gpt5', 'claude'], support: 0.9 }] }),
].reduce(applyEvent, newDeliberation(queryId))
const all = standings(deliberation.rounds)

test('a position that everybody left keeps its lane and its colour', () => {
  const last = all.at(-1)

  expect(last && lanesOf(all, last, ['gpt5', 'claude'])).toEqual([
    { position: '42', tone: 0, support: 0, models: [] },
    { position: '54', tone: 1, support: 0.9, models: ['gpt5', 'claude'] },
  ])
})

test('an earlier round shows who stood where then', () => {
  const first = all.at(0)

  expect(first && lanesOf(all, first, ['gpt5', 'claude']).map(({ models }) => models)).toEqual([['gpt5'], ['claude']])
})

test('a model takes the colour of the position that it holds now', () => {
  expect(toneOf(all, 'gpt5')).toBe(1)
})
