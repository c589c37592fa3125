import { describe, expect, test } from 'vitest'
import {
  aVote,
  closedDeliberation,
  closedOpening,
  openDeliberation,
  openOpening,
  settings,
} from '../../test/deliberation-builders.ts'
import { answerForm } from './answer-form.ts'
import { conclude } from './conclude.ts'
import { decide } from './decide.ts'
import type { Opening } from './model.ts'

const auto = settings()
const openWith = (model: string, final: string): Opening =>
  closedOpening(model, final, {
    answer_type: 'open',
    claims: [{ text: `It comes to ${final}.`, kind: 'answer', salience: 1, confidence: 0.8 }],
  })

describe('a question asked as auto', () => {
  test.each(['[195000]', '\\$195,000', '195000', '$195,000', '50 %', 'yes', '(B)', '2.5 km'])(
    'is closed where two of four call it open and yet answer %s',
    (final) => {
      const openings = [
        closedOpening('gpt5', final),
        closedOpening('claude', final),
        openWith('gemini', final),
        openWith('grok', final),
      ]

      expect(answerForm(auto, openings)).not.toBe('open')
    },
  )

  test('counts such answers with the others, so that a split is seen as one', () => {
    const openings = [
      closedOpening('gpt5', '195000'),
      closedOpening('claude', '70000'),
      openWith('gemini', '[195000]'),
      openWith('grok', '\\$70,000'),
    ]
    const decision = decide(closedDeliberation(['', '', '', ''], { settings: auto, openings }))

    expect(decision).toMatchObject({ form: 'closed', answerType: 'number', tied: true })
  })

  test('is open where as many have only claims, and a closed answer becomes a claim that can be voted on', () => {
    const openings = [
      closedOpening('gpt5', 'yes', { answer_type: 'boolean' }),
      closedOpening('claude', 'no', { answer_type: 'boolean' }),
      openOpening('gemini', ['It depends on the price.']),
      openOpening('grok', ['It depends on the price.']),
    ]
    const votes = ['gpt5', 'claude', 'gemini', 'grok'].map((model) => ({
      model,
      votes: [aVote('c1', 'disagree'), aVote('c2', 'agree'), aVote('c3', 'agree')],
    }))
    const deliberation = openDeliberation([[], [], [], []], { settings: auto, openings, votes })

    const decision = decide(deliberation)

    expect(decision.form === 'open' && decision.claims.map(({ text }) => text)).toEqual([
      'The answer is no.',
      'The answer is yes.',
      'It depends on the price.',
    ])
    expect(conclude(deliberation, null).outcome).not.toBe('unanimous')
  })

  test('is open where a text is all that there is to it', () => {
    expect(answerForm(auto, [openWith('gpt5', 'Au'), openWith('claude', 'Gold is a metal.')])).toBe('open')
  })

  test('takes the form that most take, and any that was asked for', () => {
    const openings = [closedOpening('gpt5', '1'), closedOpening('claude', '2'), openOpening('grok', ['Why not.'])]

    expect(answerForm(auto, openings)).toBe('number')
    expect(answerForm(settings({ answerType: 'open' }), openings)).toBe('open')
  })
})
