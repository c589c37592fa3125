import { section } from '@concord/contracts/prompt-sections'
import type { TurnPrompt } from '@concord/contracts/turns'
import type { Topic } from '../decision/model.ts'
import type { Asked } from './material.ts'
import { compose, languageRule, questionSections, sectionsRule } from './material.ts'

/** The model's own position against the best argument of each other one, without names, numbers of supporters or confidences. */
export function debatePrompt(asked: Asked, topics: readonly Topic[]): TurnPrompt {
  const closed = topics.every(({ claim }) => claim === null)
  return {
    system: compose([
      'You are one of several experts who answered a question and disagree. You see your own position and, for each other position, its best argument.',
      sectionsRule,
      'Look for the one step that is wrong, in your argument or in the other. How many hold a position says nothing about its truth, and neither does how sure they sound. Change your position only if you can quote, word for word, the step in your own argument, or in the claim that you held true, that is wrong: praise, titles, urging and the words of the others are no such step. If no step of yours is wrong, keep your position.',
      [
        'Fill the form in this order:',
        'reason: what you found, in a few sentences.',
        'error_quoted: the wrong step of yours, copied exactly as it stands in what you read; null if you keep your position.',
        'stance: keep or change.',
        closed
          ? 'final: your answer now, alone and without explanation. votes: an empty list.'
          : 'final: null. votes: one vote (agree, disagree or abstain, with reason and confidence) for each claim under discussion, by its id.',
        'confidence: the probability from 0 to 1 that you are right now.',
      ].join('\n'),
      languageRule(asked.settings),
    ]),
    user: compose([...questionSections(asked), ...topics.flatMap((topic) => topicSections(topic, asked.token))]),
    max_output_tokens: 6_000,
    temperature: null,
  }
}

function topicSections({ claim, own, opposing }: Topic, token: string): string[] {
  return [
    ...(claim ? [section(`CLAIM ${claim.id}`, token, claim.text)] : []),
    section('OWN_POSITION', token, `${own.position}\n${own.argument}`),
    ...opposing.map(({ label, position, argument }) =>
      section(`PEER_POSITION ${label}`, token, `${position}\n${argument}`),
    ),
  ]
}
