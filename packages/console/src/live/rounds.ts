import type { DurableEvent } from '@concord/contracts/live-events'
import type { TurnRecord } from '@concord/contracts/queries'

type DataOf<Type extends DurableEvent['type']> = Extract<DurableEvent, { type: Type }>['data']
export type Agreement = DataOf<'agreement_measured'>

export type Turn = {
  purpose: string
  status: 'waiting' | 'thinking' | 'answered' | 'late' | 'failed' | 'cancelled'
  attempt: number
  /** What came live of this attempt. */
  text: string
  answer: string | null
  confidence: number | null
  stance: 'keep' | 'change' | null
  sandbox: boolean
  latencyMs: number | null
  failure: { reason: string; detail: string } | undefined
  /** What the API keeps of the turn, once it was read. */
  output: unknown
}

export type Round = {
  round: number
  stage: 'opening' | 'debate'
  contested: readonly string[]
  /** By model, in the order in which the turns were asked. */
  turns: Readonly<Record<string, readonly Turn[]>>
  agreement?: Agreement
  completed?: DataOf<'round_completed'>
}

export const noRounds: readonly Round[] = []

/** Changes one turn, which is made (and its round) where it is not known yet. */
export function withTurn(
  rounds: readonly Round[],
  number: number,
  model: string,
  purpose: string,
  change: (turn: Turn) => Turn,
): readonly Round[] {
  const round = rounds.find((each) => each.round === number) ?? newRound(number)
  const turns = round.turns[model] ?? []
  const before = turns.find((turn) => turn.purpose === purpose)
  const after = change(before ?? newTurn(purpose))
  if (after === before) return rounds
  const changed = before ? turns.map((turn) => (turn === before ? after : turn)) : [...turns, after]
  return withRound(rounds, number, () => ({ ...round, turns: { ...round.turns, [model]: changed } }))
}

/** Changes one round, which is made where it is not known yet. */
export function withRound(rounds: readonly Round[], number: number, change: (round: Round) => Round): readonly Round[] {
  const before = rounds.find((each) => each.round === number) ?? newRound(number)
  const others = rounds.filter((each) => each !== before)
  return [...others, change(before)].toSorted((a, b) => a.round - b.round)
}

/** Takes over a stored turn. What events said already stays; what they do not carry is added. */
export function withRecord(rounds: readonly Round[], number: number, record: TurnRecord): readonly Round[] {
  return withTurn(rounds, number, record.model, record.purpose, (turn) => ({
    ...turn,
    status: settled(turn) ? turn.status : statusOf(record, turn),
    output: record.output ?? turn.output,
    sandbox: turn.sandbox || record.sandbox,
    latencyMs: turn.latencyMs ?? record.latency_ms,
    failure: turn.failure ?? record.failure ?? undefined,
  }))
}

function settled(turn: Turn): boolean {
  return turn.status === 'answered' || turn.status === 'late' || turn.status === 'failed'
}

function statusOf(record: TurnRecord, turn: Turn): Turn['status'] {
  switch (record.status) {
    case 'ok':
      return 'answered'
    case 'requested':
      return turn.status
    case 'running':
      return 'thinking'
    case 'failed':
    case 'late':
    case 'cancelled':
      return record.status
  }
}

function newRound(round: number): Round {
  return { round, stage: round === 0 ? 'opening' : 'debate', contested: [], turns: {} }
}

function newTurn(purpose: string): Turn {
  return {
    purpose,
    status: 'waiting',
    attempt: 0,
    text: '',
    answer: null,
    confidence: null,
    stance: null,
    sandbox: false,
    latencyMs: null,
    failure: undefined,
    output: null,
  }
}
