import { section } from '@concord/contracts/prompt-sections'
import type { TurnPrompt } from '@concord/contracts/turns'
import type { SynthesisBrief } from '../decision/model.ts'
import type { Asked } from './material.ts'
import { compose, languageRule, questionSections, sectionsRule } from './material.ts'

/** The writer puts into words what was decided; it decides nothing. */
export function synthesisPrompt(asked: Asked, { answer, claims }: SynthesisBrief): TurnPrompt {
  return {
    system: compose([
      'You are the writer of a panel that has reached its verdict. Put the verdict into a clear, direct answer to the question.',
      sectionsRule,
      [
        'Use only the claims given: add no fact, figure, name or advice that is not in one of them, and leave no important one out.',
        'Write one sentence a line, as plain text without headings, lists or introduction.',
        'End every sentence with the ids of the claims it rests on, in square brackets: [c1] or [c1 c3]. A sentence without an id is thrown away.',
        answer === null
          ? 'Begin with what matters most to whoever asked.'
          : 'Begin with the verdict itself, exactly as given, then say why.',
        'Do not mention the panel, its members or the vote.',
      ].join('\n'),
      languageRule(asked.settings),
    ]),
    user: compose([
      ...questionSections(asked),
      ...(answer === null ? [] : [section('VERDICT', asked.token, answer)]),
      ...claims.map(({ id, text }) => section(`CLAIM ${id}`, asked.token, text)),
    ]),
    max_output_tokens: 4_000,
    temperature: null,
  }
}
