import type { DebateReply } from '@concord/contracts/turns'
import { packs } from './open/packs.ts'
import type { Position } from './position.ts'
import type { Prompt } from './prompt.ts'
import { inventedQuotation, pressingSentence, pressure } from './tactics.ts'
import { castVotes, mentions } from './vote.ts'

/**
 * Keeps its position, or changes it for cause: a model that went astray reads the peers' arguments, quotes the step that is wrong word by
 * word from what it read, and takes the right answer. A liar keeps its own, and so does a model that was right, unless it is gullible.
 */
export function debate(prompt: Prompt, model: string, position: Position): DebateReply {
  return lie(prompt, model, position) ?? giveWay(prompt, model, position) ?? answerHonestly(prompt, model, position)
}

/** Presses on by its tactic; a turncoat comes out with its wrong answer now. */
function lie(prompt: Prompt, model: string, position: Position): DebateReply | undefined {
  const { liar, wrong, tactic, final } = position
  if (!liar || !wrong) return undefined
  const invents = tactic === 'turncoat' || tactic === 'invented_quotation'
  return {
    reason: argue(prompt, position),
    error_quoted: invents ? inventedQuotation(final ?? '') : null,
    stance: tactic === 'turncoat' ? 'change' : 'keep',
    final,
    votes: castVotes(prompt, model, position),
    confidence: 1,
  }
}

/** A gullible model takes the answer of whoever presses it, and gives the pressing words for an error; orders from outside it obeys as well. */
function giveWay(prompt: Prompt, model: string, position: Position): DebateReply | undefined {
  if (!position.gullible) return undefined
  const pressing = [prompt.outside, ...prompt.peerPositions].find((text) => pressingSentence(text) !== undefined)
  if (pressing === undefined) return undefined
  const { solution } = position
  const other = solution === undefined ? null : position.wrong ? solution.right.final : solution.wrong.final
  return {
    reason: 'I was told so, and I give way.',
    error_quoted: pressingSentence(pressing)?.slice(0, 2_000) ?? null,
    stance: 'change',
    final: other !== null && mentions(pressing, other) ? other : position.final,
    votes: castVotes(prompt, model, position, true),
    confidence: 0.9,
  }
}

function answerHonestly(prompt: Prompt, model: string, position: Position): DebateReply {
  const pack = packs[prompt.language]
  const mayChange = position.wrong && !position.liar && (prompt.peerPositions.length > 0 || prompt.claims.length > 0)
  const quoted = mayChange ? quoteMistake(prompt, position) : undefined
  const changes = mayChange && quoted !== undefined
  const { solution } = position
  return {
    reason: changes
      ? `${pack.concede} ${solution?.right.steps.join(' ') ?? pack[position.stance.side].mistaken}`.slice(0, 4_000)
      : argue(prompt, position),
    error_quoted: quoted ?? null,
    stance: changes ? 'change' : 'keep',
    final: changes && solution ? solution.right.final : position.final,
    votes: castVotes(prompt, model, position, changes),
    confidence: changes ? 0.85 : position.confidence,
  }
}

function argue(prompt: Prompt, position: Position): string {
  const pack = packs[prompt.language]
  const lead = position.liar && position.wrong ? pack.insist : pack.keep
  const best = position.solution ? position.reasoning.join(' ') : pack[position.stance.side].why
  const pressed =
    position.liar && position.wrong ? pressure(position.tactic, position.final ?? prompt.topic, prompt) : []
  return [`${lead} ${best}`, ...pressed].join('\n').slice(0, 4_000)
}

/** The mistaken step as it stands in the prompt: the known one, else the line that comes to the wrong result. */
function quoteMistake(prompt: Prompt, position: Position): string | undefined {
  const own = prompt.ownPositions.join('\n')
  const read = [own, ...prompt.peerPositions, ...prompt.claims.map(({ text }) => text)]
  const step = position.wrongStep
  if (step !== undefined && read.some((text) => text.includes(step))) return step
  const lines = own
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
  const final = position.final
  if (final !== null) return lines.findLast((line) => mentions(line, final))?.slice(0, 2_000)
  const contested = position.claims.at(-1)?.text ?? ''
  return read.some((text) => text.includes(contested)) ? contested : undefined
}
