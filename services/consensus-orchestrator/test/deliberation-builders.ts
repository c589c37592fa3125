import type { DebateReply, OpeningAnswer, Votes } from '@concord/contracts/turns'
import type { Deliberation, DebateBallot, Opening, Panelist, Progress, Settings } from '../src/decision/model.ts'
import { plainPrior } from '../src/decision/weights.ts'

export const names = ['gpt5', 'claude', 'gemini', 'grok', 'llama', 'mistral', 'qwen', 'deepseek']

export function aPanelist(model: string, override: Partial<Panelist> = {}): Panelist {
  return { model, family: model, reliability: plainPrior, ...override }
}

export function aPanel(size: number): Panelist[] {
  return names.slice(0, size).map((model) => aPanelist(model))
}

export function settings(override: Partial<Settings> = {}): Settings {
  return {
    answerType: 'auto',
    choices: null,
    language: 'en',
    threshold: 0.75,
    debateRounds: 2,
    effort: 'thorough',
    ...override,
  }
}

export function closedOpening(model: string, final: string | null, override: Partial<OpeningAnswer> = {}): Opening {
  const answer: OpeningAnswer = {
    reasoning: [`${model} worked it out step by step and found ${final}.`],
    answer_type: 'number',
    final,
    alternatives: [],
    confidence: 0.8,
    claims: [],
    ...override,
  }
  return { model, answer }
}

export function openOpening(model: string, claims: readonly (string | [text: string, salience: number])[]): Opening {
  const stated = claims.map((claim) => {
    const [text, salience] = typeof claim === 'string' ? [claim, 0.8] : claim
    return { text, kind: 'fact', salience, confidence: 0.9 }
  })
  return closedOpening(model, null, { answer_type: 'open', claims: stated })
}

export function aVote(claim: string, vote: Votes['votes'][number]['vote'], reason = ''): Votes['votes'][number] {
  return { claim, vote, reason, confidence: 0.8 }
}

export function aReply(model: string, round: number, override: Partial<DebateReply> = {}): DebateBallot {
  const reply: DebateReply = {
    reason: `${model} has a reason of its own for this, and a rather long one.`,
    error_quoted: null,
    stance: 'keep',
    final: null,
    votes: [],
    confidence: 0.9,
    ...override,
  }
  return { model, round, reply }
}

/** A closed question answered by as many models as there are finals, all of different families. */
export function closedDeliberation(
  finals: readonly (string | null)[],
  override: Partial<Deliberation> = {},
): Deliberation {
  const panel = aPanel(finals.length)
  return {
    seed: 'qry_1',
    question: 'What is 17 times 23?',
    settings: settings({ answerType: 'number' }),
    panel,
    openings: finals.map((final, index) => closedOpening(panel[index]?.model ?? '', final)),
    votes: [],
    debates: [],
    roundsHeld: 0,
    ...override,
  }
}

export function openDeliberation(
  claims: readonly (readonly (string | [string, number])[])[],
  override: Partial<Deliberation> = {},
): Deliberation {
  const panel = aPanel(claims.length)
  return {
    ...closedDeliberation([]),
    question: 'Why is the sky blue?',
    settings: settings({ answerType: 'open' }),
    panel,
    openings: claims.map((list, index) => openOpening(panel[index]?.model ?? '', list)),
    ...override,
  }
}

export function progress(override: Partial<Progress> = {}): Progress {
  return {
    stage: 'opening',
    asked: names,
    waitingFor: [],
    overdue: false,
    roomForMore: true,
    oneByOne: true,
    ...override,
  }
}
