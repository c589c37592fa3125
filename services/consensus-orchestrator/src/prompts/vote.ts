import { section } from '@concord/contracts/prompt-sections'
import type { TurnPrompt } from '@concord/contracts/turns'
import type { Asked } from './material.ts'
import { compose, languageRule, questionSections, sectionsRule } from './material.ts'

/** A vote on what others claim: who wrote a claim and how many share it stays unsaid. */
export function votePrompt(asked: Asked, claims: readonly { id: string; text: string }[]): TurnPrompt {
  return {
    system: compose([
      'You are one of several experts who have answered a question. Judge the claims that others made, each by itself and on its merits alone.',
      sectionsRule,
      [
        'Give one vote for every claim, by its id:',
        'claim: the id, such as c1.',
        'reason: the fact or the step that decides it, in one or two sentences.',
        'vote: agree if the claim is true and belongs in a good answer, disagree if it is wrong or misleading, abstain if you cannot tell.',
        'confidence: the probability from 0 to 1 that your vote is right.',
      ].join('\n'),
      languageRule(asked.settings),
    ]),
    user: compose([
      ...questionSections(asked),
      ...claims.map(({ id, text }) => section(`CLAIM ${id}`, asked.token, text)),
    ]),
    max_output_tokens: 6_000,
    temperature: null,
  }
}
