import type { TurnOutput, TurnPrompt, TurnPurpose } from '../../packages/contracts/src/turns.ts'
import { turnForms } from '../../packages/contracts/src/turns.ts'
import { z } from 'zod'
import type { Brain } from '../../packages/emulators/src/brain/brain.ts'
import { startDraft } from '../../services/consensus-orchestrator/src/deliberation/draft.ts'
import { moveOn } from '../../services/consensus-orchestrator/src/deliberation/move-on.ts'
import type { EventBody, NewTurn, Query, ReadTurn } from '../../services/consensus-orchestrator/src/ports.ts'

export type AskedTurn = { model: string; round: number; purpose: TurnPurpose; prompt: TurnPrompt; output: TurnOutput }

/** A deliberation from its first question to its end, with all that was said on the way. */
export type Deliberated = { query: Query; events: readonly EventBody[]; turns: readonly AskedTurn[] }

const schemas = {
  opening: z.toJSONSchema(turnForms.opening.schema),
  vote: z.toJSONSchema(turnForms.vote.schema),
  debate: z.toJSONSchema(turnForms.debate.schema),
}

/**
 * The orchestrator's own steps and prompts, the emulators' own brain, and nothing between them: no server, bus, database or clock.
 * `newToken` gives the sections' bounds, 16 hexadecimal digits.
 */
export function deliberate(asked: Query, brain: Brain, newToken: () => string): Deliberated {
  let [query, made]: [Query, number] = [asked, 0]
  const turns: ReadTurn[] = []
  const said: AskedTurn[] = []
  const events: EventBody[] = []
  const tools = {
    newId: <const Prefix extends string>(prefix: Prefix): `${Prefix}_${string}` =>
      `${prefix}_${String(++made).padStart(32, '0')}`,
    newToken,
    settings: { turnDeadlineMs: 40_000 },
  }
  while (query.status === 'processing') {
    const draft = startDraft(tools, query.createdAt, query, turns)
    moveOn(draft)
    events.push(...draft.changes.events)
    for (const turn of draft.changes.newTurns) {
      const output = answerOf(brain, turn)
      const { model, round, purpose, prompt } = turn
      said.push({ model, round, purpose, prompt, output })
      turns.push(answered(turn, output, query.createdAt))
    }
    query = { ...draft.query, waiting: [] }
  }
  return { query, events, turns: said }
}

function answerOf(brain: Brain, { model, purpose, prompt }: NewTurn): TurnOutput {
  const form = purpose === 'synthesis' ? undefined : { name: turnForms[purpose].name, schema: schemas[purpose] }
  const { system, user, max_output_tokens: maxOutputTokens } = prompt
  const { text } = brain.think({ provider: 'openai', model, system, user, form, maxOutputTokens, stream: false })
  return { text, json: form === undefined ? null : JSON.parse(text) }
}

function answered({ prompt: _prompt, ...turn }: NewTurn, output: TurnOutput, now: Date): ReadTurn {
  return {
    ...turn,
    status: 'ok',
    requestedAt: now,
    completedAt: now,
    latencyMs: 0,
    sandbox: true,
    settled: true,
    failureReason: null,
    failureDetail: null,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    output,
  }
}
