import { describe, expect, test } from 'vitest'
import { aVote, closedDeliberation, closedOpening, openDeliberation } from '../../test/deliberation-builders.ts'
import { decide } from './decide.ts'
import { quotationOccurs } from './quotation.ts'
import { readingsFor } from './readings.ts'
import { shuffle } from './shuffle.ts'

const asked = { seed: 'qry_1', question: 'What is 17 times 23?' }

describe('a quotation', () => {
  const text = 'First, 17 × 20 = 340.\nThen  “17 × 3 = 41”, so the sum is 381.'

  test('occurs whatever its case, spacing and quotation marks', () => {
    expect(quotationOccurs('then "17 × 3 = 41"', text)).toBe(true)
    expect(quotationOccurs('“17 × 3 = 41, ”', text)).toBe(false)
    expect(quotationOccurs('  so the SUM is 381.  ', text)).toBe(true)
    expect(quotationOccurs('...17 × 3 = 41', text)).toBe(true)
  })

  test('proves nothing when it is short, empty or absent', () => {
    expect(quotationOccurs('so', text)).toBe(false)
    expect(quotationOccurs('...', text)).toBe(false)
    expect(quotationOccurs('', text)).toBe(false)
    expect(quotationOccurs(null, text)).toBe(false)
  })

  test('may be the whole of a short text', () => {
    expect(quotationOccurs('2 + 2 = 5', '2 + 2 = 5')).toBe(true)
  })

  test('does not occur when a word of it differs', () => {
    expect(quotationOccurs('so the sum is 391', text)).toBe(false)
  })
})

describe('what a reader sees', () => {
  const finals = ['391', '391', '392', '390']
  const readings = readingsFor(decide(closedDeliberation(finals)), 1, asked)

  test('is its own position and one argument for each opposing one', () => {
    expect(readings.map(({ model, topics }) => [model, topics[0]?.own.position, topics[0]?.opposing.length])).toEqual([
      ['claude', '391', 2],
      ['gemini', '392', 2],
      ['gpt5', '391', 2],
      ['grok', '390', 2],
    ])
  })

  test('names no model and counts no heads', () => {
    const neutral = closedDeliberation(finals)
    const openings = neutral.openings.map(({ model, answer }) => ({
      model,
      answer: { ...answer, reasoning: ['It follows.'] },
    }))
    const shown = JSON.stringify(readingsFor(decide({ ...neutral, openings }), 1, asked).map(({ topics }) => topics))

    expect(shown).not.toMatch(/gpt5|claude|gemini|grok/)
    expect(readings[0]?.topics[0]?.opposing.map((peer) => Object.keys(peer))).toEqual([
      ['label', 'position', 'argument'],
      ['label', 'position', 'argument'],
    ])
  })

  test('comes in an order of the reader’s own, and in the same one each time', () => {
    const decision = decide(closedDeliberation(['1', '2', '3', '4', '5', '6', '7', '8']))
    const orders = readingsFor(decision, 1, asked).map(({ topics }) =>
      topics[0]?.opposing.map(({ position }) => position).join(''),
    )

    expect(
      new Set(orders.map((order) => (order?.indexOf('1') ?? -1) - (order?.indexOf('8') ?? -1))).size,
    ).toBeGreaterThan(2)
    expect(readingsFor(decision, 1, asked)).toEqual(readingsFor(decision, 1, asked))
  })

  test('is the argument of the most reliable holder, then the fullest one, cut to a bearable length', () => {
    const deliberation = closedDeliberation(['391', '391', '391', '392'])
    const openings = [
      closedOpening('gpt5', '391', { reasoning: ['Short.'] }),
      closedOpening('claude', '391', { reasoning: ['A full account of why it is so.'] }),
      closedOpening('gemini', '391', { reasoning: ['x'.repeat(4_000), 'y'] }),
      ...deliberation.openings.slice(3),
    ]
    const argumentFor = (panel: typeof deliberation.panel) =>
      readingsFor(decide({ ...deliberation, openings, panel }), 1, asked).find(({ model }) => model === 'grok')
        ?.topics[0]?.opposing[0]?.argument

    expect(argumentFor(deliberation.panel)).toHaveLength(2_000)
    const trusted = deliberation.panel.map((panelist) =>
      panelist.model === 'gpt5' ? { ...panelist, reliability: { mean: 0.9, gradedItems: 50 } } : panelist,
    )
    expect(argumentFor(trusted)).toBe('Short.')
  })

  test('of an open question is every opposed claim, with the other side’s best reason', () => {
    const votes = [
      { model: 'claude', votes: [aVote('c1', 'agree', 'It does.'), aVote('c2', 'agree')] },
      {
        model: 'gemini',
        votes: [aVote('c1', 'disagree', 'It absorbs hardly any visible light.'), aVote('c2', 'agree')],
      },
      { model: 'grok', votes: [aVote('c1', 'abstain'), aVote('c2', 'agree')] },
    ]
    const decision = decide(
      openDeliberation(
        [
          [
            ['Ozone makes it blue.', 0.9],
            ['Light scatters.', 0.5],
          ],
          [],
          [],
          [],
        ],
        { votes },
      ),
    )

    const open = readingsFor(decision, 1, asked)

    expect(decision.debatable).toEqual(['c1'])
    expect(
      open.map(({ model, topics }) => [
        model,
        topics.map(
          ({ claim, opposing }) =>
            `${claim?.id} ${opposing
              .map(({ position }) => position)
              .toSorted()
              .join()}`,
        ),
      ]),
    ).toEqual([
      ['claude', ['c1 disagree']],
      ['gemini', ['c1 agree']],
      ['gpt5', ['c1 disagree']],
      ['grok', ['c1 agree,disagree']],
    ])
    expect(open[2]?.topics[0]?.opposing[0]?.argument).toBe('It absorbs hardly any visible light.')
  })
})

test('a shuffle keeps all items and depends on its seed alone', () => {
  const items = Array.from({ length: 20 }, (_, index) => index)

  expect(shuffle(items, 'a')).toEqual(shuffle(items, 'a'))
  expect(shuffle(items, 'a')).not.toEqual(shuffle(items, 'b'))
  expect(shuffle(items, 'a').toSorted((a, b) => a - b)).toEqual(items)
})
