import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalise, plainContext, type AnswerContext } from './canonicalise.ts'
import { cluster } from './cluster.ts'

function keyOf(final: string, context: Partial<AnswerContext> = {}): string | undefined {
  return canonicalise(final, { ...plainContext, ...context })?.key
}

function answerOf(final: string, context: Partial<AnswerContext> = {}): string | undefined {
  return canonicalise(final, { ...plainContext, ...context })?.answer
}

describe('finals that are one answer', () => {
  test.each<[string, string[]]>([
    [
      'integers',
      ['391', ' 391 ', '391.', '+391', '0391', '391.0', '391.00', '**391**', '`391`', '3.91e2', '3.91 × 10²'],
    ],
    [
      'thousands separators',
      [
        '1234567.5',
        '1,234,567.5',
        '1 234 567,5',
        '1.234.567,5',
        '1\u202f234\u202f567,5',
        "1'234'567.5",
        '1\\,234\\,567.5',
      ],
    ],
    ['signs', ['-7', '−7', '–7', '- 7', '-7.0', '$-7$']],
    [
      'decimals',
      [
        '0.5',
        '.5',
        '0,5',
        '0.50',
        '1/2',
        '½',
        '\\frac{1}{2}',
        '\\dfrac12',
        '50%',
        '50 %',
        '50 percent',
        '50 pour cent',
        '50 Prozent',
        '50 por ciento',
      ],
    ],
    ['mixed numbers', ['1.5', '1 1/2', '1½', '3/2', '6/4', '1\\frac{1}{2}', '1 and 1/2']],
    ['negative fractions', ['-5/3', '-\\frac{5}{3}', '−5/3', '-10/6']],
    [
      'scientific notation',
      [
        '1500',
        '1.5e3',
        '1.5E+3',
        '1.5×10^3',
        '1.5 x 10^3',
        '1.5 * 10**3',
        '1.5 \\times 10^{3}',
        '1,5·10³'.replace(',', '.'),
      ],
    ],
    ['powers of ten', ['1000000', '10^6', '10**6', '10^{6}', '1 million', '1e6']],
    ['lengths', ['2.5 km', '2500 m', '2,500 meters', '250000 cm', '2.5 kilometres', '2.5\\text{ km}']],
    [
      'durations',
      [
        '1 h 30 min',
        '90 minutes',
        '1h30',
        '1h30min',
        '1 hour and 30 minutes',
        '1.5 hours',
        '5400 s',
        '1 heure et 30 minutes',
        '1 Stunde und 30 Minuten',
      ],
    ],
    ['feet and inches', ['5 ft 3 in', `5'3"`, '5 feet, 3 inches', '63 inches', '63 in']],
    ['speeds', ['36 km/h', '36 kmh', '10 m/s', '36 kilometers per hour']],
    ['areas', ['100 m^2', '100 m²', '100 square meters', '100 m2']],
    ['angles', ['90°', '90 degrees', '90^\\circ', '90^{\\circ}']],
    ['money', ['$18', '18 dollars', 'USD 18', '18.00 USD', '$18.00', '\\$18', 'US$18']],
    [
      'money in LaTeX',
      ['$295,000', '\\$295,000', '$\\$295,000$', '**\\$295,000**', '\\boxed{\\$295,000}', '295000 dollars'],
    ],
    ['money in short', ['$3M', '$3 million', '$3,000,000', '3 million dollars', 'USD 3m']],
    ['thousands in short', ['3k', '3,000', '3000']],
    ['euros', ['€1.5', '1,5 €', '1.50 euros', 'EUR 1.50']],
    ['large sums', ['$1.2 billion', '$1,200,000,000', '1.2 billion dollars', '1200 million dollars']],
    [
      'letters',
      [
        'B',
        'b',
        '(B)',
        '[b]',
        '{B}',
        'B.',
        'B)',
        'option B',
        'Option (B)',
        'The answer is B.',
        'Answer: (B)',
        '\\boxed{B}',
        '\\text{B}',
      ],
    ],
    [
      'affirmation',
      ['yes', 'Yes.', 'YES!', 'oui', 'ja', 'sí', '¡Sí!', 'Si', 'true', 'True', 'vrai', 'wahr', 'verdadero'],
    ],
    ['denial', ['no', 'No.', 'non', 'nein', 'false', 'False', 'faux', 'falsch', 'falso']],
    [
      'dates',
      [
        '2024-03-12',
        '12 March 2024',
        'March 12, 2024',
        'March 12th, 2024',
        'the 12th of March 2024',
        '12 mars 2024',
        'le 12 mars 2024',
        '12. März 2024',
        '12 de marzo de 2024',
        'Tuesday, March 12, 2024',
        '2024/03/12',
        'Mar 12, 2024',
        '12.3.2024',
        '2024年3月12日',
      ],
    ],
    ['first of a month', ['2024-05-01', '1er mai 2024', '1. Mai 2024', '1 de mayo de 2024', 'May 1st, 2024']],
    ['Python and JSON', ["{'a': [1, 2.0], 'b': None}", '{"b": null, "a": [1,2]}', "{ 'b' : null, 'a' : [1, 2,] }"]],
    ['tuples', ['(1, 2)', '(1,2)', '( 1 , 2.0 )', '\\(1, 2\\)'.replace('\\(', '(').replace('\\)', ')')]],
    ['sets', ['{1, 2}', '{2,1}', '\\{1, 2\\}', '{1, 2, 2}']],
    [
      'text',
      [
        'The Eiffel Tower',
        'eiffel tower',
        'the  Eiffel tower.',
        '"The Eiffel Tower"',
        '*The Eiffel Tower*',
        'THE EIFFEL TOWER!',
      ],
    ],
    ['accents', ['São Paulo', 'Sao Paulo', 'SÃO PAULO', 'Sa\u0303o Paulo']],
    ['hyphens', ['well-known', 'well known', 'Well–known']],
    ['expressions', ['x^2 + 1', 'x^2+1', '$x^2+1$', 'x**2 + 1', 'x² + 1']],
    ['roots', ['2\\sqrt{3}', '2sqrt(3)', '2 * sqrt(3)']],
    [
      'boxed in a sentence',
      ['14/3', 'The final answer is $\\boxed{\\frac{14}{3}}$.', 'So, the answer is \\boxed{14/3}'],
    ],
  ])('%s', (_, finals) => {
    const keys = finals.map((final) => `${final} → ${keyOf(final)}`)

    expect(keys).toEqual(finals.map((final) => `${final} → ${keyOf(finals[0] ?? '')}`))
  })
})

describe('finals that are different answers', () => {
  test.each([
    ['1.234', '1234'],
    ['12', '1,2'],
    ['-5', '5'],
    ['x^2+1', 'x^2-1'],
    ['[1, 2]', '(1, 2)'],
    ['[1, 2]', '[2, 1]'],
    ['(1, 2)', '12'],
    ['(1,)', '1'],
    ['5 km', '5 m'],
    ['5 kg', '5 km'],
    ['$5', '€5'],
    ['50%', '50'],
    ['03/04/2024', '2024-04-03'],
    ['03/04/2024', '2024-03-04'],
    ['2023-02-29', '2023-03-01'],
    ['aCbCed', 'acBceD'],
    ['.bpxa', 'bpxa'],
    ['Paris', 'London'],
    ['1/3', '0.333'],
    ['sqrt(2)', '2'],
    ['$3M', '$3'],
    ['[195000]', '195000'],
  ])('%s and %s', (a, b) => {
    expect(keyOf(a)).not.toBe(keyOf(b))
  })
})

describe('numbers as a language writes them', () => {
  test.each([
    ['1.234', 'de', '1234'],
    ['1,234', 'de', '1.234'],
    ['1.234', 'es-ES', '1234'],
    ['1,234', 'fr', '1.234'],
    ['1.234', 'fr', '1.234'],
    ['1,234', 'en', '1234'],
    ['0,125', 'en', '0.125'],
    ['1,234', 'auto', '1234'],
  ])('%s in %s is %s', (final, language, key) => {
    expect(keyOf(final, { language })).toBe(key)
  })
})

describe('a choice', () => {
  const choices = ['Paris', 'London', 'Paris, Texas', '42']
  const context = { answerType: 'choice', choices } as const

  test.each([
    ['A', 'Paris'],
    ['(b)', 'London'],
    ['option C', 'Paris, Texas'],
    ['B) London', 'London'],
    ['(C) Paris, Texas', 'Paris, Texas'],
    ['london.', 'London'],
    ['It must be London, I think', 'London'],
    ['It is Paris, Texas', 'Paris, Texas'],
    ['42', '42'],
    ['2', 'London'],
    ['The correct answer is: (D).', '42'],
    ['A) London', 'London'],
  ])('%s means %s', (final, choice) => {
    expect(answerOf(final, context)).toBe(choice)
  })

  test('is not guessed when a final names two choices or none', () => {
    expect(canonicalise('London or 42', { ...plainContext, ...context })?.kind).toBe('text')
    expect(canonicalise('Berlin', { ...plainContext, ...context })?.kind).toBe('text')
  })

  test('may be asked for by letters alone', () => {
    expect(keyOf('B: because light scatters', { answerType: 'choice' })).toBe('B')
    expect(keyOf('C. Rayleigh scattering', { answerType: 'choice' })).toBe('C')
  })
})

test('a number asked for is found in a sentence that holds one number only', () => {
  expect(keyOf('There are 391 apples in total.', { answerType: 'number' })).toBe('391')
  expect(keyOf('18 eggs', { answerType: 'number' })).toBe('18')
  expect(keyOf('Between 3 and 4', { answerType: 'number' })).not.toBe('3')
})

test('a number asked for is read out of brackets and LaTeX, but never out of an expression', () => {
  const number = { answerType: 'number' } as const

  expect(
    ['[195000]', '[ 195,000 ]', '{195000}', '(195000)', '\\boxed{[195000]}'].map((final) => keyOf(final, number)),
  ).toEqual(Array.from({ length: 5 }, () => '195000'))
  expect(['[$195,000]', '$70,000 [/INST]'].map((final) => keyOf(final, number))).toEqual(['195000 USD', '70000 USD'])
  expect(['\\sqrt{2}', 'x^2', '2π', '2 pi', '2x', 'log 2', '2M'].map((final) => keyOf(final, number))).not.toContain(
    '2',
  )
})

test('a numeric date is read as its language writes it, and left alone where that is not known', () => {
  expect(keyOf('03/04/2024', { language: 'fr' })).toBe('2024-04-03')
  expect(keyOf('03/04/2024', { language: 'de-AT' })).toBe('2024-04-03')
  expect(keyOf('03/04/2024', { language: 'auto' })).toBe('03/04/2024')
  expect(keyOf('03.04.2024')).toBe('2024-04-03')
})

test('a yes or no asked for is found at the head of a sentence', () => {
  expect(keyOf('Yes, because 391 = 17 × 23.', { answerType: 'boolean' })).toBe('yes')
  expect(keyOf('Non : 391 est composé', { answerType: 'boolean' })).toBe('no')
})

test('nothing said is no answer', () => {
  expect(canonicalise(null)).toBeUndefined()
  expect(canonicalise('  ')).toBeUndefined()
})

describe('matching bare numbers', () => {
  test('a bare number joins the only answer with that number and a unit', () => {
    expect(new Set(clusterOf(['$18', '18', '18.00'])).size).toBe(1)
    expect(new Set(clusterOf(['45', '45%'])).size).toBe(1)
    expect(new Set(clusterOf(['5 km', '5', '5000 m'])).size).toBe(1)
  })

  test('a bare number stays alone between two units', () => {
    expect(new Set(clusterOf(['5 km', '5', '5 miles'])).size).toBe(3)
  })
})

function clusterOf(finals: string[]) {
  const forms = finals.flatMap((final) => canonicalise(final) ?? [])
  const clusters = cluster(forms)
  return forms.map(({ key }) => clusters.get(key)?.key)
}

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom(...Array.from('0123456789.,/ -+%$€()[]{}\'"\\^*eEhmkxABé½²\n:')), maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        '\\frac{',
        '\\boxed{',
        '}',
        '{',
        '$',
        '\\text{',
        '1',
        ',',
        'km',
        ' ',
        '(',
        ')',
        '[',
        ']',
        'Answer: ',
        '**',
        "'",
        '/',
        'B',
        '²',
        'h',
        '%',
      ),
      { maxLength: 25 },
    )
    .map((parts) => parts.join('')),
)

test('doing it again changes nothing', () => {
  fc.assert(
    fc.property(hostile, (final) => {
      const once = canonicalise(final)
      const twice = canonicalise(once?.answer ?? null)

      expect(twice?.key).toBe(once?.key)
      expect(twice?.answer).toBe(once?.answer)
    }),
    { numRuns: 3_000 },
  )
})

test('any text gives an answer or none, never an error', () => {
  const contexts: AnswerContext[] = [
    plainContext,
    { answerType: 'number', choices: null, language: 'de' },
    { answerType: 'boolean', choices: null, language: 'fr' },
    { answerType: 'choice', choices: null, language: 'es' },
    { answerType: 'choice', choices: ['Paris', 'London'], language: 'auto' },
  ]
  fc.assert(
    fc.property(hostile, fc.constantFrom(...contexts), (final, context) => {
      expect(['undefined', 'object']).toContain(typeof canonicalise(final, context))
    }),
    { numRuns: 2_000 },
  )
})

test.each([
  '(',
  '[',
  '{',
  '1',
  ' ',
  '\\frac{',
  '$',
  "'",
  '1,',
  '1 h ',
  '\\(',
  '**',
  '-',
  'a ',
  'answer: ',
  '½',
  '\\boxed{',
  'the ',
  '"',
  ' \n',
  '[[',
])('eight thousand characters of %j are read in one go', (unit) => {
  const long = unit.repeat(8_000 / unit.length)

  expect([canonicalise(long), canonicalise(`${long}x`)]).toHaveLength(2)
})
