import { compareText } from './compare.ts'
import type { Decision, Deliberation, Panelist, Reading, Stand, Topic } from './model.ts'
import { peerText } from './peer-text.ts'
import { shuffle } from './shuffle.ts'
import { probabilityOf } from './weights.ts'

const longestArgument = 2_000
const moreIsNotBetter = 1_500

type Matter = {
  claim: Topic['claim']
  stands: readonly Stand[]
  /** Key of a position to the words it is shown in. */
  positions: ReadonlyMap<string, string>
}

/** What each voter reads in the round: its own position and, for every opposing one, the best argument for it, without names or numbers. */
export function readingsFor(
  decision: Decision,
  round: number,
  { seed, question }: Pick<Deliberation, 'seed' | 'question'>,
): Reading[] {
  const matters = mattersOf(decision).map((matter) => ({ matter, best: bestShown(matter, decision.voters, question) }))
  return decision.voters
    .map(({ model }) => ({
      model,
      topics: matters.flatMap(({ matter, best }) => topicFor(model, matter, best, `${seed}|${round}|${model}`) ?? []),
    }))
    .filter(({ topics }) => topics.length > 0)
}

/** For each position that somebody holds, the best argument that is one: of a holder that only speaks of the panel, none is shown. */
function bestShown({ stands, positions }: Matter, voters: readonly Panelist[], question: string): Map<string, string> {
  const shown = stands.map((stand) => ({ ...stand, reason: peerText(stand.reason, question) }))
  return new Map(
    [...positions.keys()].flatMap((key) => {
      const argument =
        bestArgument(
          key,
          shown.filter(({ reason }) => reason.trim() !== ''),
          voters,
        ) ?? bestArgument(key, shown, voters)
      return argument === undefined ? [] : [[key, argument]]
    }),
  )
}

function mattersOf(decision: Decision): Matter[] {
  if (decision.debatable.length === 0) return []
  if (decision.form === 'closed') {
    const positions = new Map(decision.positions.map(({ key, answer }) => [key, answer]))
    return [{ claim: null, stands: decision.stands, positions }]
  }
  const positions = new Map([
    ['agree', 'agree'],
    ['disagree', 'disagree'],
  ])
  return decision.claims
    .filter(({ id }) => decision.debatable.includes(id))
    .map(({ id, text, stands }) => ({ claim: { id, text }, stands, positions }))
}

function topicFor(model: string, matter: Matter, best: ReadonlyMap<string, string>, seed: string): Topic | undefined {
  const { claim, stands, positions } = matter
  const own = stands.find((stand) => stand.model === model)
  const opposing = [...positions].flatMap(([key, position]) => {
    const argument = key === own?.latest ? undefined : best.get(key)
    return argument === undefined ? [] : [{ position, argument }]
  })
  if (opposing.length === 0) return undefined
  const position = own?.latest === undefined ? '' : (positions.get(own.latest) ?? '')
  return {
    claim,
    own: { position, argument: (own?.reason ?? '').slice(0, longestArgument) },
    opposing: shuffle(opposing, `${seed}|${claim?.id ?? ''}`).map((peer, index) => ({
      label: String.fromCharCode(65 + (index % 26)),
      ...peer,
    })),
  }
}

/** Of the holders of a position: those who held it from the start first, then the most reliable, then the fullest argument. */
export function bestArgument(key: string, stands: readonly Stand[], voters: readonly Panelist[]): string | undefined {
  return bestHolder(key, stands, voters)?.reason.slice(0, longestArgument)
}

export function bestHolder(key: string, stands: readonly Stand[], voters: readonly Panelist[]): Stand | undefined {
  const panel = new Map(voters.map((voter) => [voter.model, voter]))
  const trust = ({ model, confidence }: Stand) => {
    const voter = panel.get(model)
    return voter === undefined ? 0 : probabilityOf(voter.reliability, confidence)
  }
  return stands
    .filter(({ latest }) => latest === key)
    .toSorted(
      (a, b) =>
        Number(b.opening === key) - Number(a.opening === key) ||
        trust(b) - trust(a) ||
        fullness(b) - fullness(a) ||
        compareText(a.model, b.model),
    )[0]
}

function fullness({ reason }: Stand): number {
  return Math.min(moreIsNotBetter, reason.length)
}
