import type { TurnOutput } from '@concord/contracts/turns'
import { startDraft } from '../src/deliberation/draft.ts'
import { moveOn } from '../src/deliberation/move-on.ts'
import type { EventBody, NewTurn, Query, ReadTurn } from '../src/ports.ts'

/** What becomes of a turn: an output, or null for one that is lost. `settled: false` has it given up while it may still be charged. */
export type Fate = { output: TurnOutput | null; costUsd: number; settled?: boolean }

export type Played = {
  query: Query
  events: EventBody[]
  /** The turns of every step, in their order, with what had been spent before. */
  waves: { turns: NewTurn[]; spentBefore: number }[]
}

/** A query from step to step in process, until it ends; the clock stands still. */
export function play(query: Query, fate: (turn: NewTurn, index: number) => Fate): Played {
  let [current, made] = [query, 0]
  const turns: ReadTurn[] = []
  const played: Played = { query, events: [], waves: [] }
  const newId = <const Prefix extends string>(prefix: Prefix): `${Prefix}_${string}` => `${prefix}_${++made}`
  const tools = { newId, newToken: () => `${++made}`.padStart(16, '0'), settings: { turnDeadlineMs: 40_000 } }
  for (let step = 0; current.status === 'processing' && step < 100; step++) {
    const draft = startDraft(tools, current.createdAt, current, turns)
    moveOn(draft)
    const asked = draft.changes.newTurns
    if (asked.length > 0) played.waves.push({ turns: asked, spentBefore: current.costUsd })
    let { costUsd } = current
    for (const turn of asked) {
      const { output, costUsd: cost, settled = true } = fate(turn, turns.length)
      costUsd += settled ? cost : 0
      turns.push(ended(turn, current.createdAt, { output, costUsd: settled ? cost : 0, settled }))
    }
    played.events.push(...draft.changes.events)
    current = { ...draft.query, waiting: [], costUsd }
  }
  return { ...played, query: current }
}

function ended({ prompt: _prompt, ...turn }: NewTurn, now: Date, fate: Required<Fate>): ReadTurn {
  return {
    ...turn,
    ...fate,
    status: fate.output === null ? 'failed' : 'ok',
    requestedAt: now,
    completedAt: now,
    latencyMs: 0,
    sandbox: true,
    failureReason: fate.output === null ? 'timed_out' : null,
    failureDetail: null,
    inputTokens: 0,
    outputTokens: 0,
  }
}
