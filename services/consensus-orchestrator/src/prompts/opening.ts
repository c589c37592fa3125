import type { TurnPrompt } from '@concord/contracts/turns'
import type { Asked } from './material.ts'
import { compose, languageRule, questionSections, sectionsRule } from './material.ts'

/** The blind first answer: nobody's view but the model's own. */
export function openingPrompt(asked: Asked): TurnPrompt {
  return {
    system: compose([
      'You are one of several experts who answer the same question independently. Nobody sees your answer before all have answered.',
      sectionsRule,
      typeRules[asked.settings.answer_type],
      [
        'Fill the form in this order:',
        'reasoning: your steps, one short sentence each, each of which others can check.',
        'answer_type: open, choice, number or boolean.',
        'final: the answer alone, without explanation; for an open question null.',
        'alternatives: other answers you hold possible, each with its probability; an empty list where there is none.',
        'confidence: the probability from 0 to 1 that you are right. Be honest: it is compared with your record.',
        'claims: for an open question 3 to 12 statements that together are your answer, each one fact, judgement or recommendation that stands by itself and can be voted on; kind says which it is, salience from 0 to 1 how much it matters to the answer, confidence how sure you are. For any other question an empty list.',
      ].join('\n'),
      languageRule(asked.settings),
    ]),
    user: compose(questionSections(asked)),
    max_output_tokens: 8_000,
    temperature: null,
  }
}

const typeRules = {
  auto: 'Find out first what kind of answer the question asks for: one of given options (choice), a number, yes or no (boolean), or something that has to be put in sentences (open).',
  open: 'The question is open: answer it by claims.',
  choice: 'The answer is one of the choices. Give as final the letter or the exact text of that choice.',
  number: 'The answer is a number. Give as final the number with its unit if it has one, and nothing else.',
  boolean: 'The answer is yes or no. Give as final one of the two words.',
} as const
