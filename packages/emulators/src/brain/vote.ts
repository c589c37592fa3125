import type { Votes } from '@concord/contracts/turns'
import { hash, pick } from './hash.ts'
import { sideOf } from './open/open-claims.ts'
import { packs } from './open/packs.ts'
import type { Position } from './position.ts'
import type { Prompt } from './prompt.ts'

type Ballot = Votes['votes'][number]

/** A vote on every claim of the prompt, from what the model holds. `converted` votes as one that has given up its mistake. */
export function castVotes(prompt: Prompt, model: string, position: Position, converted = false): Ballot[] {
  return prompt.claims.slice(0, 128).map(({ id, text }) => {
    const key = `${prompt.key}|${model}|${text}`
    const [vote, reason] = judge(prompt, position, text, key, converted)
    const confidence = Math.round((vote === 'abstain' ? 0.5 : 0.7 + hash(`${key}|sure`) * 0.25) * 100) / 100
    return { claim: id, reason, vote, confidence }
  })
}

function judge(
  prompt: Prompt,
  position: Position,
  text: string,
  key: string,
  converted: boolean,
): [Ballot['vote'], string] {
  const pack = packs[prompt.language]
  if (position.solution) {
    const { right, wrong } = position.solution
    const believes = position.wrong && !converted
    const [mine, other] = believes ? [wrong, right] : [right, wrong]
    const speaksFor = mine.steps.some((step) => text.includes(step)) || mentions(text, mine.final)
    const speaksAgainst = other.steps.some((step) => text.includes(step)) || mentions(text, other.final)
    return speaksAgainst && !speaksFor ? ['disagree', pack.disagree] : ['agree', pick(pack.agree, key)]
  }
  const side = sideOf(text, prompt)
  if (side === undefined)
    return hash(`${key}|abstain`) < 0.04 ? ['abstain', pack.abstain] : ['agree', pick(pack.agree, key)]
  const own = position.stance.side
  const held = converted ? (own === 'pro' ? 'con' : 'pro') : own
  return side === held ? ['agree', pack[held].why] : ['disagree', pack[held].why]
}

/** Whether a value stands in a text as a word of its own. */
export function mentions(text: string, value: string): boolean {
  const at = text.toLowerCase().indexOf(value.toLowerCase())
  if (value === '' || at === -1) return false
  return !isWord(text[at - 1]) && !isWord(text[at + value.length])
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}]/u.test(character)
}
