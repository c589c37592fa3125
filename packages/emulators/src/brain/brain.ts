import type { Ask } from '../wire/wire.ts'
import { debate } from './debate.ts'
import { fillSchema } from './fill-schema.ts'
import { opening } from './opening.ts'
import { lyingText } from './lying-writer.ts'
import { packs } from './open/packs.ts'
import { type Position, type PositionDeps, positionOf } from './position.ts'
import { type Prompt, type Purpose, readPrompt } from './prompt.ts'
import { synthesis } from './synthesis.ts'
import { castVotes } from './vote.ts'

export type Thought = { text: string; purpose: Purpose | 'embedding'; questionHash: string }

export type Brain = {
  /** The whole answer, worked out at once; its pace is the wire's business. The same ask gives the same answer. */
  think(ask: Ask): Thought
}

export function createBrain(deps: PositionDeps): Brain {
  return {
    think(ask) {
      const prompt = readPrompt(ask)
      return { text: answer(ask, prompt, deps), purpose: prompt.purpose, questionHash: prompt.key }
    },
  }
}

function answer(ask: Ask, prompt: Prompt, deps: PositionDeps): string {
  const position = positionOf(prompt, ask.model, deps)
  if (prompt.purpose === 'synthesis')
    return position.liar && position.wrong ? lyingText(prompt, position) : synthesis(prompt)
  if (prompt.purpose === 'opening') return JSON.stringify(opening(position))
  if (prompt.purpose === 'vote') return JSON.stringify({ votes: castVotes(prompt, ask.model, position) })
  if (prompt.purpose === 'debate') return JSON.stringify(debate(prompt, ask.model, position))
  const text = plainText(prompt, position)
  return ask.form ? JSON.stringify(fillSchema(ask.form.schema, text)) : text
}

function plainText(prompt: Prompt, { reasoning, final, recording }: Position): string {
  if (recording) return recording.text
  if (final === null) return reasoning.join('\n')
  if (reasoning.at(-1)?.includes(final)) return reasoning.join('\n')
  return [...reasoning, packs[prompt.language].answerIs(final)].join('\n')
}
