import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openOpening } from '../../test/deliberation-builders.ts'
import { cosine } from './claim-vectors.ts'
import { gatherDocket } from './docket.ts'
import type { Opening } from './model.ts'

/** A direction in the plane, in degrees: claims less than 25° apart have a cosine above the threshold. */
type Meant = [text: string, degrees: number | null]

function vectorAt(degrees: number, model = 'embedder') {
  const [x, y] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  return { model, values: Int8Array.of(Math.round(100 * x), Math.round(100 * y)) }
}

function meant(model: string, claims: readonly Meant[], embedder?: string): Opening {
  const opening = openOpening(
    model,
    claims.map(([text]) => text),
  )
  return {
    ...opening,
    claimVectors: claims.map(([, degrees]) => (degrees === null ? undefined : vectorAt(degrees, embedder))),
  }
}

function authorsOf(openings: readonly Opening[]): string[][] {
  return gatherDocket(openings).map(({ authors }) => authors.map(({ model }) => model))
}

describe('the docket of claims that have vectors', () => {
  test('merges across languages what no word has in common, and nothing else', () => {
    const openings = [
      meant('claude', [
        ['Rested people make fewer mistakes.', 10],
        ['Customers expect answers on five days.', 90],
      ]),
      meant('gemini', [
        ['Les gens reposés font moins d’erreurs.', 14],
        ['Le salaire reste le même.', 170],
      ]),
      meant('gpt5', [['Ausgeruhte Menschen machen weniger Fehler.', 5]]),
      meant('grok', [['Quien descansa se equivoca menos.', 20]]),
    ]

    const docket = gatherDocket(openings)

    expect(docket.map(({ text, authors }) => [text, authors.length])).toEqual([
      ['Ausgeruhte Menschen machen weniger Fehler.', 4],
      ['Customers expect answers on five days.', 1],
      ['Le salaire reste le même.', 1],
    ])
  })

  test('lets vectors decide where there are two, and words where one is missing or of another model', () => {
    const text = 'The river floods the lower valley in spring'
    const [plain, longer] = [`${text}.`, `${text} mostly.`]

    expect(authorsOf([meant('a', [[plain, 0]]), meant('b', [[longer, 60]])])).toHaveLength(2)
    expect(authorsOf([meant('a', [[plain, 0]]), meant('b', [[longer, null]])])).toEqual([['a', 'b']])
    expect(authorsOf([meant('a', [[plain, 0]]), openOpening('b', [longer])])).toEqual([['a', 'b']])
    expect(authorsOf([meant('a', [[plain, 0]]), meant('b', [[longer, 60]], 'another')])).toEqual([['a', 'b']])
    expect(authorsOf([meant('a', [[plain, 0]]), meant('b', [['Snow melts late.', 0]], 'another')])).toHaveLength(2)
  })

  test('stays as it is when claims lie just under the threshold', () => {
    expect(authorsOf([meant('a', [['Bread is cheap.', 0]]), meant('b', [['Loaves cost little.', 25]])])).toHaveLength(1)
    expect(authorsOf([meant('a', [['Bread is cheap.', 0]]), meant('b', [['Loaves cost little.', 27]])])).toHaveLength(2)
  })

  test.each([
    ['a number', 'It was signed in 1919.', 'Man unterschrieb 1920.'],
    ['a number in words', 'The law has two parts.', 'Das Gesetz hat drei Teile.'],
    ['a negation', 'The treaty was ratified.', 'The treaty was not ratified.'],
    ['a negation, across languages', 'It lowers the risk.', 'Das senkt das Risiko nicht.'],
    ['a negation in another script', 'Это помогает.', 'Это не помогает.'],
    ['opposites', 'Rent control raises rents.', 'Rent control reduces rents.'],
    ['opposites, across languages', 'Prices will increase.', 'Die Preise werden sinken.'],
    ['the order in time', 'It happened before the war.', 'C’est arrivé après la guerre.'],
    ['how many', 'All birds can fly.', 'Some birds can fly.'],
    ['a prefix', 'The change is reversible.', 'The change is irreversible.'],
    ['a name', 'The peace was signed in Münster.', 'The peace was signed in Osnabrück.'],
    ['who does it to whom', 'Stress causes insomnia in adults.', 'Insomnia causes stress in adults.'],
  ])('keeps claims apart that differ in %s, however near their vectors', (_what, one, other) => {
    expect(authorsOf([meant('a', [[one, 30]]), meant('b', [[other, 30]])])).toHaveLength(2)
    expect(authorsOf([openOpening('a', [one]), openOpening('b', [other])])).toHaveLength(2)
  })

  test.each([
    ['The interest rate is 3.5 percent.', 'Le taux d’intérêt est de 3,5 pour cent.'],
    ['The law has two parts.', 'Das Gesetz hat 2 Teile.'],
    ['It does not help.', 'Das hilft nicht.'],
    ['Wages will increase.', 'Les salaires vont augmenter.'],
    ['Scattering makes it blue.', 'The blue is due to scattering.'],
  ])('takes as the same “%s” and “%s”', (one, other) => {
    expect(authorsOf([meant('a', [[one, 30]]), meant('b', [[other, 30]])])).toEqual([['a', 'b']])
  })

  test('does not depend on the order of openings or claims', () => {
    const claim = fc.tuple(
      fc.constantFrom('It rains.', 'Il pleut.', 'Es regnet.', 'It is not dry.', 'Rain falls.', 'It rains in 2 places.'),
      fc.constantFrom(0, 0.5, 1),
    )
    const degreesOf = fc.array(fc.option(fc.integer({ min: 0, max: 90 })), { minLength: 6, maxLength: 6 })
    const lists = fc.array(fc.array(claim, { maxLength: 5 }), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(lists, degreesOf, fc.array(fc.nat(), { minLength: 5, maxLength: 5 }), (claims, degrees, keys) => {
        const texts = [...new Set(claims.flat().map(([text]) => text))].toSorted()
        const openings = claims.map((list, index): Opening => {
          const vectors = list.map(([text]) => {
            const at = degrees[texts.indexOf(text)]
            return typeof at === 'number' ? vectorAt(at, index === 4 ? 'another' : 'embedder') : undefined
          })
          return { ...openOpening(`m${index}`, list), claimVectors: vectors }
        })
        const turned = openings
          .map((opening, index) => ({ key: keys[index] ?? 0, opening }))
          .toSorted((a, b) => a.key - b.key)
          .map(({ opening: { model, answer, claimVectors } }) => ({
            model,
            answer: { ...answer, claims: answer.claims.toReversed() },
            claimVectors: claimVectors?.toReversed() ?? [],
          }))

        expect(gatherDocket(turned)).toEqual(gatherDocket(openings))
      }),
    )
  })
})

test('likeness of vectors is symmetric, 1 for the same direction, and unknown for what cannot be compared', () => {
  expect(cosine(vectorAt(20), vectorAt(20))).toBeCloseTo(1, 6)
  expect(cosine(vectorAt(20), vectorAt(70))).toBe(cosine(vectorAt(70), vectorAt(20)))
  expect(cosine(vectorAt(20), vectorAt(20, 'another'))).toBeUndefined()
  expect(cosine(vectorAt(20), { model: 'embedder', values: Int8Array.of(1, 2, 3) })).toBeUndefined()
  expect(cosine(vectorAt(20), { model: 'embedder', values: Int8Array.of(0, 0) })).toBeUndefined()
  expect(cosine(undefined, vectorAt(20))).toBeUndefined()
})
