import type { DebateReply } from '@concord/contracts/turns'
import { packs } from './open/packs.ts'
import type { Position } from './position.ts'
import type { Prompt } from './prompt.ts'
import { castVotes, mentions } from './vote.ts'

/**
 * Keeps its position, or changes it for cause: a model that went astray reads the peers' arguments, quotes the step that is wrong word by
 * word from what it read, and takes the right answer. A liar keeps its own, and so does a model that was right.
 */
export function debate(prompt: Prompt, model: string, position: Position): DebateReply {
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
  return `${lead} ${best}`.slice(0, 4_000)
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
