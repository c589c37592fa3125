import type { Claim, Vote } from '@concord/contracts/queries'
import type { Deliberation } from '../live/deliberation.ts'
import type { Agreement, Round } from '../live/rounds.ts'
import { readTurnOutput } from '../live/turn-output.ts'

/** One answer that some model has given, and who stands behind it now. `tone` is its colour, the same in every round; `support` is undefined until it is weighed. */
export type Lane = { position: string; tone: number; support: number | undefined; models: readonly string[] }

export type StandingVote = { model: string; vote: Vote; reason: string; changedInRound: number | null }
export type StandingClaim = Pick<Claim, 'id' | 'text' | 'support' | 'verdict'> & { votes: readonly StandingVote[] }

export type Standing = { round: number; agreement: Agreement }

type FirstState = 'thinking' | 'answered' | 'lost'

const tones = 6
/** A longer answer is a text, which nobody gives twice, and no position. */
const positionMax = 60

/** The rounds after which agreement was measured, first to last. */
export function standings(rounds: readonly Round[]): Standing[] {
  return rounds.flatMap(({ round, agreement }) => (agreement ? [{ round, agreement }] : []))
}

/** Every position that was ever held keeps its place, so that one can see it being left. */
export function lanesOf(all: readonly Standing[], shown: Standing, models: readonly string[]): Lane[] {
  const upToNow = all.filter(({ round }) => round <= shown.round)
  const seen = new Set(upToNow.flatMap(({ agreement }) => agreement.positions.map(({ position }) => position)))
  return [...seen].map((position, index) => {
    const now = shown.agreement.positions.find((each) => each.position === position)
    return {
      position,
      tone: index % tones,
      support: now?.support ?? 0,
      models: models.filter((model) => now?.models.includes(model)),
    }
  })
}

/** Before anything is weighed: the answers as they come in. */
export function firstLanes({ rounds, models }: Deliberation): { lanes: Lane[]; states: Record<FirstState, string[]> } {
  const states: Record<FirstState, string[]> = { thinking: [], answered: [], lost: [] }
  const lanes = new Map<string, string[]>()
  for (const model of models) {
    const turn = rounds[0]?.turns[model]?.find(({ purpose }) => purpose === 'opening')
    if (turn?.status === 'failed' || turn?.status === 'late') states.lost.push(model)
    else if (turn?.status !== 'answered') states.thinking.push(model)
    else if (turn.answer === null || turn.answer.length > positionMax) states.answered.push(model)
    else lanes.set(turn.answer, [...(lanes.get(turn.answer) ?? []), model])
  }
  return {
    lanes: [...lanes].map(([position, held], index) => ({
      position,
      tone: index % tones,
      support: undefined,
      models: held,
    })),
    states,
  }
}

/** The colour of the position that a model holds after the last measured round; undefined before, and for open questions. */
export function toneOf(all: readonly Standing[], model: string): number | undefined {
  const latest = all.at(-1)
  if (!latest) return undefined
  return lanesOf(all, latest, [model]).find((lane) => lane.models.includes(model))?.tone
}

/** The claims as they stood after a round; at the end, as the results hold them. */
export function claimsOf(deliberation: Deliberation, shown: Standing): StandingClaim[] {
  const isLast = standings(deliberation.rounds).at(-1)?.round === shown.round
  const results = deliberation.results
  if (isLast && results?.status === 'completed') return results.consensus.claims.map(fromResults)
  return shown.agreement.claims.map((claim) => ({ ...claim, votes: votesUntil(deliberation, claim.id, shown.round) }))
}

function fromResults({ votes, ...claim }: Claim): StandingClaim {
  return {
    ...claim,
    votes: votes.map(({ model, vote, reason, changed_in_round: changedInRound }) => ({
      model,
      vote,
      reason,
      changedInRound,
    })),
  }
}

/** The last vote of each model that the stored turns hold. A model does not vote on a claim it made. */
function votesUntil(deliberation: Deliberation, claim: string, until: number): StandingVote[] {
  return deliberation.models.flatMap((model) => {
    const cast = deliberation.rounds
      .filter(({ round }) => round <= until)
      .flatMap(({ round, turns }) => (turns[model] ?? []).map((turn) => ({ round, output: turn.output })))
      .flatMap(({ round, output }) =>
        readTurnOutput(output)
          .votes.filter((vote) => vote.claim === claim)
          .map((vote) => ({ round, vote })),
      )
    const [first, last] = [cast.at(0), cast.at(-1)]
    if (!first || !last) return []
    const hasChanged = last.vote.vote !== first.vote.vote
    return [{ model, vote: last.vote.vote, reason: last.vote.reason, changedInRound: hasChanged ? last.round : null }]
  })
}
