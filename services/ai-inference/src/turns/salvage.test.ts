import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formOf } from './answer-form.ts'
import type { AnswerForm } from './answer-form.ts'
import { salvage } from './salvage.ts'

function form(purpose: 'opening' | 'vote' | 'debate'): AnswerForm {
  const found = formOf(purpose)
  if (!found) throw new Error('no form')
  return found
}

const opening = {
  reasoning: ['17 × 23 is 391.', 'So the answer is "391".'],
  answer_type: 'number',
  final: '391',
  alternatives: [{ final: '381', probability: 0.05 }],
  confidence: 0.92,
  claims: [{ text: '17 × 23 = 391', kind: 'fact', salience: 1, confidence: 0.95 }],
}
const votes = { votes: [{ claim: 'c1', reason: 'It follows.', vote: 'agree', confidence: 0.8 }] }
const debate = { reason: 'I stand.', error_quoted: null, stance: 'keep', final: '391', votes: [], confidence: 0.7 }

const share = fc.double({ min: 0, max: 1, noNaN: true })
const words = fc.string({ unit: 'grapheme', maxLength: 60 })
const anOpening = fc.record({
  reasoning: fc.array(words, { maxLength: 6 }),
  answer_type: fc.constantFrom('open', 'choice', 'number', 'boolean'),
  final: fc.option(words),
  alternatives: fc.array(fc.record({ final: words, probability: share }), { maxLength: 4 }),
  confidence: share,
  claims: fc.array(fc.record({ text: words, kind: words, salience: share, confidence: share }), { maxLength: 5 }),
})
const prose = fc.stringMatching(/^[A-Za-z ,.!:'\n]{0,80}$/)

describe('salvage', () => {
  test('leaves an answer that follows its form as it is', () => {
    fc.assert(
      fc.property(anOpening, (answer) => {
        expect(salvage(form('opening'), JSON.stringify(answer))).toEqual({
          json: JSON.parse(JSON.stringify(answer)),
          salvaged: false,
        })
      }),
    )
  })

  test('finds the answer between any prose and fences', () => {
    fc.assert(
      fc.property(anOpening, prose, prose, fc.boolean(), (answer, before, after, fenced) => {
        const text = JSON.stringify(answer)
        const body = fenced ? `\n\`\`\`json\n${text}\n\`\`\`\n` : `\n${text}\n`

        expect(salvage(form('opening'), `Here${before}${body}${after}Bye`)).toEqual({
          json: JSON.parse(text),
          salvaged: true,
        })
      }),
    )
  })

  test('never throws, and what it returns follows the form, whatever prefix of an answer comes', () => {
    fc.assert(
      fc.property(anOpening, fc.double({ min: 0, max: 1, noNaN: true }), (answer, part) => {
        const text = JSON.stringify(answer)

        const result = salvage(form('opening'), text.slice(0, Math.floor(text.length * part)))

        expect(result === undefined || form('opening').schema.safeParse(result.json).success).toBe(true)
      }),
    )
  })

  test('never throws on any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const result = salvage(form('vote'), text)

        expect(result === undefined || form('vote').schema.safeParse(result.json).success).toBe(true)
      }),
    )
  })

  test('completes an answer of which only the last brace is missing', () => {
    expect(salvage(form('opening'), JSON.stringify(opening).slice(0, -1))).toEqual({ json: opening, salvaged: true })
  })

  test.each([
    ['a share in percent', { ...opening, confidence: 92 }, { confidence: 0.92 }],
    ['a share with a percent sign', { ...opening, confidence: '92%' }, { confidence: 0.92 }],
    ['a share out of ten', { ...opening, confidence: 9 }, { confidence: 0.9 }],
    ['a share a little above 1', { ...opening, confidence: 1.2 }, { confidence: 1 }],
    ['a number as a string', { ...opening, confidence: '0.92' }, { confidence: 0.92 }],
    ['a number where a text belongs', { ...opening, final: 391 }, { final: '391' }],
    ['a missing list', { ...opening, alternatives: undefined }, { alternatives: [] }],
    ['a missing value that may be null', { ...opening, final: undefined }, { final: null }],
    ['one text where a list belongs', { ...opening, reasoning: 'Because.' }, { reasoning: ['Because.'] }],
    [
      'names in another spelling',
      { ...opening, answer_type: undefined, answerType: 'Number' },
      { answer_type: 'number' },
    ],
    ['another word of the same meaning', { ...opening, answer_type: 'multiple-choice' }, { answer_type: 'choice' }],
    [
      'too long a list',
      { ...opening, reasoning: Array.from({ length: 30 }, () => 'x') },
      { reasoning: Array.from({ length: 24 }, () => 'x') },
    ],
    ['unknown fields', { ...opening, mood: 'good' }, opening],
    ['an envelope', { opening_answer: opening }, opening],
    ['a list of one', [opening], opening],
  ])('mends %s', (_what, answer, expected) => {
    expect(salvage(form('opening'), JSON.stringify(answer))?.json).toMatchObject(expected)
  })

  test.each([
    ['Agreed', 'agree'],
    ['SUPPORT', 'agree'],
    ['no', 'disagree'],
    ['disagrees', 'disagree'],
    ['unsure', 'abstain'],
  ])('reads the vote %s as %s', (given, vote) => {
    const answer = { votes: [{ ...votes.votes[0], vote: given }] }

    expect(salvage(form('vote'), JSON.stringify(answer))?.json).toMatchObject({ votes: [{ vote }] })
  })

  test('leaves out an item that makes no sense, and keeps the others', () => {
    const answer = { votes: [...votes.votes, { claim: 'c2', vote: 'perhaps' }] }

    expect(salvage(form('vote'), JSON.stringify(answer))).toEqual({ json: votes, salvaged: true })
  })

  test.each([
    ['an answer of another form', 'opening', { result: 'ok', items: [1, 'two', null] }],
    ['votes none of which makes sense', 'vote', { votes: [{ a: 1 }] }],
    ['an opening without its confidence', 'opening', { ...opening, confidence: undefined }],
    ['a debate reply without a stance', 'debate', { ...debate, stance: undefined }],
    ['a refusal in words', 'vote', 'I cannot help with that.'],
  ] as const)('does not guess: %s', (_what, purpose, answer) => {
    expect(salvage(form(purpose), JSON.stringify(answer))).toBeUndefined()
  })

  test('is not led by forbidden names', () => {
    const text = `{"__proto__": {"stance": "change"}, ${JSON.stringify(debate).slice(1)}`

    expect(salvage(form('debate'), text)?.json).toEqual(debate)
  })
})
