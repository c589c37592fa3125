import { argumentAfter, fullShare, judgeChange } from './debate-guard.ts'
import type { ChangeOfMind, DebateBallot, DocketClaim, Opening, Panelist, Reading, Stand, VoteBallot } from './model.ts'

/** The stands of all voters on each claim after the votes. Authors stand by what they wrote; a vote that is missing is an abstention. */
export function votedStands(
  docket: readonly DocketClaim[],
  voters: readonly Panelist[],
  openings: readonly Opening[],
  ballots: readonly VoteBallot[],
): Map<string, Stand[]> {
  const reasonings = new Map(openings.map(({ model, answer }) => [model, answer.reasoning.join('\n')]))
  const votes = new Map<string, Map<string, VoteBallot['votes'][number]>>()
  for (const { model, votes: cast } of ballots)
    votes.set(model, new Map(cast.toReversed().map((vote) => [vote.claim, vote])))
  const standOf = (claim: DocketClaim, model: string): Stand => {
    const author = claim.authors.find((candidate) => candidate.model === model)
    const vote = votes.get(model)?.get(claim.id)
    const side = author === undefined ? sideOf(vote?.vote) : 'agree'
    return {
      model,
      opening: side,
      latest: side,
      latestShare: fullShare,
      confidence: author?.confidence ?? vote?.confidence ?? null,
      reason: author === undefined ? (vote?.reason ?? '') : (reasonings.get(model) ?? ''),
      changedInRound: null,
    }
  }
  return new Map(docket.map((claim) => [claim.id, voters.map(({ model }) => standOf(claim, model))]))
}

/** The stands after a round's replies. Only votes on what the model has read in this round count. */
export function debateOpen(
  held: ReadonlyMap<string, readonly Stand[]>,
  readings: readonly Reading[],
  replies: readonly DebateBallot[],
): { stands: Map<string, Stand[]>; changes: ChangeOfMind[] } {
  const changes: ChangeOfMind[] = []
  const stands = new Map([...held].map(([id, list]) => [id, [...list]]))
  for (const { model, topics } of readings) {
    const ballot = replies.find((reply) => reply.model === model)
    for (const topic of ballot === undefined ? [] : topics) {
      const id = topic.claim?.id ?? ''
      const list = stands.get(id)
      const at = list?.findIndex((stand) => stand.model === model) ?? -1
      const stand = list?.[at]
      const vote = ballot?.reply.votes.find((cast) => cast.claim === id)
      if (list === undefined || stand === undefined || vote === undefined || ballot === undefined) continue
      const side = sideOf(vote.vote)
      const reason = vote.reason.trim() || ballot.reply.reason
      if (ballot.reply.stance === 'keep' || side === stand.latest) {
        list[at] = { ...stand, reason: argumentAfter(stand.reason, reason, false) }
        continue
      }
      const { latestShare, errorQuoted } = judgeChange(topic, ballot.reply.error_quoted, side ?? '')
      changes.push({
        model,
        round: ballot.round,
        claim: id,
        from: stand.latest ?? 'abstain',
        to: vote.vote,
        errorQuoted,
        reason,
      })
      list[at] = {
        ...stand,
        latest: side,
        latestShare,
        reason: argumentAfter(stand.reason, reason, true),
        changedInRound: ballot.round,
      }
    }
  }
  return { stands, changes }
}

function sideOf(vote: 'agree' | 'disagree' | 'abstain' | undefined): 'agree' | 'disagree' | undefined {
  return vote === 'abstain' ? undefined : vote
}
