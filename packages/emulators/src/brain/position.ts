import { hash } from './hash.ts'
import { fill, openClaims } from './open/open-claims.ts'
import { packs } from './open/packs.ts'
import { type Stance, stanceOf } from './open/stance.ts'
import type { Prompt } from './prompt.ts'
import type { Recording, Recordings } from './recordings.ts'
import { recordedPosition } from './recorded-position.ts'
import { solve } from './solve.ts'
import type { Solution, Way } from './solution.ts'
import { pressure, type Tactic } from './tactics.ts'
import type { Manner, Wrongness } from './wrongness.ts'

export type Claim = { text: string; kind: string; salience: number; confidence: number }

/** What a model holds on a question. Worked out anew for every turn, and the same every time. */
export type Position = {
  answerType: 'open' | 'choice' | 'number' | 'boolean'
  final: string | null
  otherFinal: string | null
  confidence: number
  reasoning: string[]
  claims: Claim[]
  wrong: boolean
  liar: boolean
  tactic: Tactic
  gullible: boolean
  wrongStep: string | undefined
  solution: Solution | undefined
  stance: Stance
  recording: Recording | undefined
}

export type PositionDeps = { seed: number; recordings: Recordings; wrongness: Wrongness }

export function positionOf(prompt: Prompt, model: string, deps: PositionDeps): Position {
  const stance = stanceOf(prompt.key, model, deps.seed)
  const recording = deps.recordings(prompt.question, model)
  if (recording) return recordedPosition(prompt, recording, stance)
  const manner = deps.wrongness.of(model, prompt.key)
  const solution = solve(prompt, deps.seed)
  const honestYet = manner.liar && manner.tactic === 'turncoat' && prompt.purpose === 'opening'
  return solution
    ? closedPosition(prompt, model, solution, { ...manner, wrong: manner.wrong && !honestYet, stance })
    : openPosition(prompt, model, { ...manner, liar: manner.wrong && manner.liar, stance })
}

function closedPosition(
  prompt: Prompt,
  model: string,
  solution: Solution,
  { wrong, liar, tactic, gullible, stance }: Manner & { stance: Stance },
): Position {
  const honest = wrong ? solution.wrong : solution.right
  const presses = wrong && liar
  const way = presses ? { ...honest, steps: [...honest.steps, ...pressure(tactic, honest.final, prompt)] } : honest
  const confidence = presses ? 0.99 : certainty(`${prompt.key}|${model}`, wrong ? 0.62 : 0.82)
  return {
    answerType: solution.type,
    final: way.final,
    otherFinal: wrong ? solution.right.final : solution.wrong.final,
    confidence,
    reasoning: way.steps,
    claims: solution.type === 'open' ? statements(prompt, way, confidence) : [],
    wrong,
    liar,
    tactic,
    gullible,
    wrongStep: wrong ? solution.wrong.wrongStep : undefined,
    solution,
    stance,
    recording: undefined,
  }
}

/** A fact to be put in words is an open question, and is answered by claims. */
function statements({ language }: Prompt, { final, steps }: Way, confidence: number): Claim[] {
  const answer = packs[language].answerIs(final)
  const texts = [answer, ...steps.filter((step) => step !== answer)].slice(0, 4)
  return texts.map((text, index) => ({
    text,
    kind: index === 0 ? 'answer' : 'step',
    salience: index === 0 ? 1 : 0.5,
    confidence,
  }))
}

function openPosition(
  prompt: Prompt,
  model: string,
  { liar, tactic, gullible, stance }: Manner & { stance: Stance },
): Position {
  const pack = packs[prompt.language]
  const claims = openClaims(prompt, model, stance.side)
  const pressed = liar ? pressure(tactic, claims.at(-1)?.text ?? '', prompt) : []
  return {
    answerType: 'open',
    final: null,
    otherFinal: null,
    confidence: certainty(`${prompt.key}|${model}`, 0.68),
    reasoning: [fill(pack.start, prompt.topic), ...claims.map(({ text, why }) => `${text} ${why}`), ...pressed],
    claims: claims.map(({ text, kind, salience }) => ({
      text,
      kind,
      salience,
      confidence: certainty(`${text}|${model}`, kind === 'judgement' ? 0.6 : 0.78),
    })),
    wrong: stance.alone,
    liar,
    tactic,
    gullible,
    wrongStep: stance.alone ? pack[stance.side].why : undefined,
    solution: undefined,
    stance,
    recording: undefined,
  }
}

/** A stated confidence from `low` on, over a range of 0.15. */
function certainty(key: string, low: number): number {
  return Math.round((low + hash(`${key}|confidence`) * 0.15) * 100) / 100
}
