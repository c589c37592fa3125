import type { Asked, Counted, StoredQuery } from './observations.ts'

export type Finding = { what: string; detail: string }

export type Verdict = {
  asked: number
  accepted: number
  completed: number
  degraded: number
  failedHonestly: number
  /** No answer ever came, and nothing was told to be accepted. */
  unanswered: number
  refused: number
  lost: Finding[]
  doubled: Finding[]
  miscounted: Finding[]
  stuck: Finding[]
  gaps: Finding[]
  askedAgain: Finding[]
}

export type Evidence = {
  asked: readonly Asked[]
  stored: readonly (StoredQuery & { degraded: boolean })[]
  counted: readonly Counted[]
  /** Turns that a provider was asked for after their answer had been stored. */
  askedAgain: readonly string[]
  /** Milliseconds that a query may take beyond its deadline: what its faults took, and what a sweep and a writer need. */
  graceMs(query: StoredQuery): number
}

/** What is counted: all must be zero but the last, since calls to models are at least once. */
export const guarantees = ['lost', 'doubled', 'miscounted', 'stuck', 'gaps', 'askedAgain'] as const

/** Holds what clients were told against what is stored and counted. Pure: the same evidence gives the same verdict. */
export function judge(evidence: Evidence): Verdict {
  const { asked, stored } = evidence
  const byId = new Map(stored.map((query) => [query.id, query]))
  const accepted = asked.flatMap((one) => {
    const [id] = one.ids
    return id === undefined ? [] : [{ one, id, query: byId.get(id) }]
  })
  const ended = (status: string) => accepted.filter(({ query }) => query?.status === status)
  return {
    asked: asked.length,
    accepted: accepted.length,
    completed: ended('completed').length,
    degraded: ended('completed').filter(({ query }) => query?.degraded).length,
    failedHonestly: ended('failed').filter(({ query }) => query?.errorCode).length,
    unanswered: asked.filter(({ ids, refused }) => ids.length === 0 && !refused).length,
    refused: asked.filter(({ refused }) => refused).length,
    lost: accepted
      .filter(({ query }) => isLost(query))
      .map(({ one, id, query }) => found(id, `${one.question}: ${query?.status ?? 'not stored'}`)),
    doubled: doubled(evidence),
    miscounted: miscounted(evidence),
    stuck: stored.flatMap((query) => lateness(query, evidence.graceMs(query))),
    gaps: [...stored.flatMap(brokenHistory), ...asked.flatMap(brokenReading)],
    askedAgain: evidence.askedAgain.map((detail) => found('turn', detail)),
  }
}

export function isClean(verdict: Verdict): boolean {
  return guarantees.every((name) => name === 'askedAgain' || verdict[name].length === 0)
}

/** A failure without a reason tells its client nothing, which is no end. */
function isLost(query: StoredQuery | undefined): boolean {
  return query === undefined || (query.status === 'failed' && !query.errorCode)
}

function doubled({ asked, stored }: Evidence): Finding[] {
  const several = asked.filter(({ ids }) => new Set(ids).size > 1)
  const stories = [...Map.groupBy(stored, ({ user, question }) => `${user} ${question}`).values()]
  return [
    ...several.map(({ question, ids }) => found(ids.join(', '), `one Idempotency-Key, several queries: ${question}`)),
    ...stories
      .filter((same) => same.length > 1)
      .map((same) => found(same.map(({ id }) => id).join(', '), `one question, several queries: ${same[0]?.question}`)),
    ...stored
      .filter(({ events }) => events.endings > 1)
      .map(({ id, events }) => found(id, `${events.endings} events end it`)),
  ]
}

/** A failed query gives its place back; every other one takes exactly one. */
function miscounted({ stored, counted }: Evidence): Finding[] {
  const taken = Map.groupBy(
    stored.filter(({ status }) => status !== 'failed'),
    ({ user }) => user,
  )
  const counts = new Map(counted.map(({ user, count }) => [user, count]))
  return [...new Set([...taken.keys(), ...counts.keys()])].flatMap((user) => {
    const [queries, count] = [taken.get(user)?.length ?? 0, counts.get(user) ?? 0]
    return queries === count ? [] : [found(user, `${queries} queries, counted as ${count}`)]
  })
}

function lateness(query: StoredQuery, graceMs: number): Finding[] {
  const { id, status, createdAt, completedAt, deadlineAt } = query
  if (status === 'processing') return [found(id, `${query.question} has not ended`)]
  if (completedAt === undefined || completedAt <= deadlineAt + graceMs) return []
  const [took, allowed] = [completedAt - createdAt, deadlineAt - createdAt]
  return [found(id, `${query.question} took ${took} ms of ${allowed} ms, with ${graceMs} ms of grace`)]
}

/** Events are numbered from 1 without a gap, and the last one is the end. */
function brokenHistory({ id, status, events }: StoredQuery): Finding[] {
  const broken = events.count !== events.last || (status !== 'processing' && events.endings === 0)
  return broken
    ? [found(id, `${events.count} events up to number ${events.last}, ${events.endings} of them an end`)]
    : []
}

function brokenReading({ ids, seqs, ending }: Asked): Finding[] {
  const at = seqs.findIndex((seq, index) => seq !== index + 1)
  if (at >= 0) return [found(ids.join(', '), `a client got event ${seqs[at]} where ${at + 1} follows`)]
  return ids.length > 0 && ending === undefined ? [found(ids.join(', '), 'no client was ever told of its end')] : []
}

function found(what: string, detail: string): Finding {
  return { what, detail }
}
