import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openOpening } from '../../test/deliberation-builders.ts'
import { gatherDocket } from './docket.ts'

describe('the docket', () => {
  test('numbers claims by falling salience and remembers who wrote them', () => {
    const docket = gatherDocket([
      openOpening('claude', [
        ['Blue light scatters more than red light.', 0.9],
        ['Sunsets are red.', 0.3],
      ]),
      openOpening('gpt5', [
        ['Blue light scatters more than red light', 0.7],
        ['The eye is less sensitive to violet.', 0.6],
      ]),
    ])

    expect(docket.map(({ id, text }) => `${id} ${text}`)).toEqual([
      'c1 Blue light scatters more than red light.',
      'c2 The eye is less sensitive to violet.',
      'c3 Sunsets are red.',
    ])
    expect(docket[0]).toMatchObject({
      salience: 0.8,
      panelSalience: 1.6,
      authors: [{ model: 'claude' }, { model: 'gpt5' }],
    })
  })

  test('keeps claims apart that differ in a number or a negation', () => {
    const docket = gatherDocket([
      openOpening('claude', [
        'The treaty was signed in 1919 at Versailles in France.',
        'The treaty was ratified by the Senate of the United States.',
      ]),
      openOpening('gpt5', [
        'The treaty was signed in 1920 at Versailles in France.',
        'The treaty was not ratified by the Senate of the United States.',
      ]),
    ])

    expect(docket).toHaveLength(4)
  })

  test('takes twelve claims of a model at most, the most salient ones', () => {
    const claims = Array.from({ length: 20 }, (_, index): [string, number] => [
      `Element ${index} is a metal.`,
      index / 20,
    ])

    const docket = gatherDocket([openOpening('claude', claims)])

    expect(docket).toHaveLength(12)
    expect(docket[0]?.text).toBe('Element 19 is a metal.')
  })

  test('makes claims of the final where a model gave none', () => {
    const opening = openOpening('claude', [])

    const docket = gatherDocket([{ ...opening, answer: { ...opening.answer, final: 'It scatters. Blue wins.' } }])

    expect(docket.map(({ text }) => text)).toEqual(['Blue wins.', 'It scatters.'])
  })

  test('does not depend on the order of openings or claims', () => {
    const claim = fc.tuple(
      fc.constantFrom(
        'Blue light scatters.',
        'blue light scatters',
        'Red light does not scatter.',
        'The sky is blue.',
        'The sky is not blue.',
        '9 km up',
        '9 km  up.',
      ),
      fc.constantFrom(0, 0.5, 1),
    )
    const lists = fc.array(fc.array(claim, { maxLength: 5 }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(lists, (claims) => {
        const openings = claims.map((list, index) => openOpening(`m${index}`, list))
        const turned = openings.map(({ model, answer }) => ({
          model,
          answer: { ...answer, claims: answer.claims.toReversed() },
        }))

        expect(gatherDocket(turned.toReversed())).toEqual(gatherDocket(openings))
      }),
    )
  })
})
