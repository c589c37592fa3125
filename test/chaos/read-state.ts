import { apiClient, memberOf } from '@concord/testing/api-client'
import { queryRows } from '@concord/testing/query-rows'
import { z } from 'zod'
import { askedAgain, readStoredTurns, storedTurnsSql } from '../e2e/asked-once.ts'
import type { EmulatedRequest } from '@concord/testing/emulator-control'
import type { Asked, Counted, StoredQuery } from './observations.ts'

/** All statuses at once, for waiting until nothing runs any more. */
export async function countRunning(databaseUrl: string): Promise<number> {
  const [row] = await queryRows(
    databaseUrl,
    `select count(*)::int as running from consensus.queries where status = 'processing'`,
  )
  return Number(row?.['running'])
}

const Row = z.object({
  id: z.string(),
  owner: z.string(),
  status: z.string(),
  degraded: z.boolean(),
  created_at: z.date(),
  completed_at: z.date().nullable(),
  deadline_at: z.date(),
  events: z.int(),
  last: z.int(),
  endings: z.int(),
})

const queriesSql = `
  select q.id, q.owner, q.status, q.degraded, q.created_at, q.completed_at, q.deadline_at, e.events, e.last, e.endings
    from consensus.queries q cross join lateral (
      select count(*)::int as events, coalesce(max(seq), 0)::int as last,
             count(*) filter (where type in ('query_completed', 'query_failed', 'query_cancelled'))::int as endings
        from consensus.events where query_id = q.id) e`

export type Stored = StoredQuery & { degraded: boolean }

/** What the mesh has stored of the users with these keys: the rows of its database, and by the API what only the owner can read. */
export async function readStored(
  url: string,
  databaseUrl: string,
  keys: ReadonlyMap<string, string>,
): Promise<Stored[]> {
  const rows = (await queryRows(databaseUrl, queriesSql))
    .map((row) => Row.parse(row))
    .filter(({ owner }) => keys.has(owner))
  const questions = new Map<string, string>()
  for (const key of keys.values()) for (const [id, text] of await listQuestions(url, key)) questions.set(id, text)
  const stored: Stored[] = []
  for (const row of rows) {
    stored.push({
      id: row.id,
      user: row.owner,
      question: questions.get(row.id) ?? 'a question that its owner’s list does not hold',
      status: row.status,
      degraded: row.degraded,
      errorCode: row.status === 'failed' ? await readErrorCode(url, keys.get(row.owner), row.id) : undefined,
      createdAt: row.created_at.getTime(),
      completedAt: row.completed_at?.getTime(),
      deadlineAt: row.deadline_at.getTime(),
      events: { count: row.events, last: row.last, endings: row.endings },
    })
  }
  return stored
}

const Page = z.looseObject({
  data: z.array(z.looseObject({ query_id: z.string(), question: z.string() })),
  next_cursor: z.string().nullable(),
})

async function listQuestions(url: string, key: string): Promise<[string, string][]> {
  const api = apiClient(url, key)
  const all: [string, string][] = []
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await api.get(`/queries?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`)
    const { data, next_cursor: further } = Page.parse(body)
    all.push(...data.map(({ query_id: id, question }): [string, string] => [id, question]))
    cursor = further
  }
  return all
}

async function readErrorCode(url: string, key: string | undefined, id: string): Promise<string | undefined> {
  const { body } = await apiClient(url, key).get(`/queries/${id}/results`)
  const error = memberOf(body, 'error')
  const [code, detail] = [memberOf(error, 'code'), memberOf(error, 'detail')]
  return typeof code === 'string' && typeof detail === 'string' && detail !== '' ? code : undefined
}

/** What the plan has counted of each user, over all days: a run may pass midnight, and a clock that jumps may think so. */
export async function readCounted(databaseUrl: string): Promise<Counted[]> {
  const rows = await queryRows(
    databaseUrl,
    `select owner as user, sum(count)::int as count from consensus.daily_usage group by owner`,
  )
  return rows.map((row) => z.object({ user: z.string(), count: z.int() }).parse(row))
}

/** Turns that a provider was asked for again after their answer had been stored. */
export async function readAskedAgain(
  databaseUrl: string,
  requests: readonly EmulatedRequest[],
  asked: readonly Asked[],
): Promise<string[]> {
  const turns = readStoredTurns(await queryRows(databaseUrl, storedTurnsSql))
  const questions = new Map(asked.flatMap(({ ids: [id], question }) => (id === undefined ? [] : [[id, question]])))
  return askedAgain(
    turns.filter(({ query_id: id }) => questions.has(id)),
    requests,
    questions,
  )
}
