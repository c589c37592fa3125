import { readSections } from '@concord/contracts/prompt-sections'
import type { DebateReply, OpeningAnswer, TurnOutput, TurnPrompt, Votes } from '@concord/contracts/turns'

export function openingOutput(overrides: Partial<OpeningAnswer> = {}): TurnOutput {
  return structured({
    reasoning: ['17 times 20 is 340.', '17 times 3 is 51.', '340 plus 51 is 391.'],
    answer_type: 'number',
    final: '391',
    alternatives: [],
    confidence: 0.9,
    claims: [],
    ...overrides,
  } satisfies OpeningAnswer)
}

/** An open answer whose claims are the given sentences. */
export function openOutput(...texts: string[]): TurnOutput {
  const claims = texts.map((text, index) => ({ text, kind: 'fact', salience: 0.9 - index / 10, confidence: 0.8 }))
  return openingOutput({ answer_type: 'open', final: null, claims, reasoning: ['It follows from what is known.'] })
}

/** Votes on every claim of the paper. */
export function votesOutput(prompt: TurnPrompt, vote: (text: string) => Votes['votes'][number]['vote']): TurnOutput {
  const votes = claimsOf(prompt).map(({ label = '', text }) => ({
    claim: label,
    reason: `Because of what is known of it.`,
    vote: vote(text),
    confidence: 0.9,
  }))
  return structured({ votes } satisfies Votes)
}

export function debateOutput(overrides: Partial<DebateReply> = {}): TurnOutput {
  return structured({
    reason: 'No step is wrong.',
    error_quoted: null,
    stance: 'keep',
    final: null,
    votes: [],
    confidence: 0.8,
    ...overrides,
  } satisfies DebateReply)
}

/** One sentence for each claim that the writer was given, each with its id. */
export function synthesisOutput(prompt: TurnPrompt): TurnOutput {
  return {
    text: claimsOf(prompt)
      .map(({ label, text }) => `${text} [${label}]`)
      .join('\n'),
    json: null,
  }
}

function claimsOf({ user }: TurnPrompt) {
  return readSections(user).filter(({ name }) => name === 'CLAIM')
}

function structured(json: unknown): TurnOutput {
  return { text: JSON.stringify(json), json }
}
