import { turnForms } from '@concord/contracts/turns'
import type { Deliberation, Panelist } from '../decision/model.ts'
import type { PanelEntry, Query, ReadTurn } from '../ports.ts'
import { readClaimVectors } from './read-claim-vectors.ts'

const known = new WeakMap<readonly ReadTurn[], { query: Query; deliberation: Deliberation }>()
const read = ['id', 'question', 'settings', 'fitted', 'panel', 'round'] as const satisfies (keyof Query)[]

/**
 * The ballots that count: what was lost or came after its stage had been decided stays out. The same turns and settings give the same
 * object, so that the steps of a stage's end read the ballots, and decide on them, once.
 */
export function toDeliberation(query: Query, turns: readonly ReadTurn[]): Deliberation {
  const last = known.get(turns)
  if (last && read.every((field) => last.query[field] === query[field])) return last.deliberation
  const deliberation = readDeliberation(query, turns)
  known.set(turns, { query, deliberation })
  return deliberation
}

function readDeliberation(query: Query, turns: readonly ReadTurn[]): Deliberation {
  const { id, question, settings, fitted, panel, round } = query
  const counted = turns.filter(({ status }) => status === 'ok')
  return {
    seed: id,
    question,
    settings: {
      ...fitted,
      answerType: settings.answer_type,
      choices: settings.choices,
      language: settings.language,
      threshold: settings.consensus_threshold,
      debateRounds: settings.debate_rounds,
      effort: settings.effort,
    },
    panel: panel.map(toPanelist),
    openings: counted.flatMap(({ model, purpose, output }) => {
      if (purpose !== 'opening' || !output) return []
      const answer = turnForms.opening.schema.safeParse(output.json).data
      const claimVectors = answer && readClaimVectors(output, answer)
      return answer ? [{ model, answer, ...(claimVectors ? { claimVectors } : {}) }] : []
    }),
    votes: counted.flatMap(({ model, purpose, output }) => {
      const ballot = purpose === 'vote' ? turnForms.vote.schema.safeParse(output?.json).data : undefined
      return ballot ? [{ model, votes: ballot.votes }] : []
    }),
    debates: counted.flatMap(({ model, purpose, output, round: held }) => {
      const reply = purpose === 'debate' ? turnForms.debate.schema.safeParse(output?.json).data : undefined
      return reply ? [{ model, round: held, reply }] : []
    }),
    roundsHeld: round,
  }
}

function toPanelist({ name, family, reliability }: PanelEntry): Panelist {
  return { model: name, family, reliability }
}
