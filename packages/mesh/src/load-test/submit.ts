import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Account } from './accounts.ts'
import { whyNot } from './client.ts'
import type { Client } from './client.ts'

export type Submission =
  | { state: 'accepted'; queryId: string; replayed: boolean; tries: number; acceptMs: number }
  /** The account may ask no more today. */
  | { state: 'spent'; tries: number }
  | { state: 'refused'; reason: string; tries: number }
  /** No answer ever came, so nobody can say whether it was taken. */
  | { state: 'unanswered'; reason: string; tries: number }

const Accepted = z.object({
  query_id: z.string(),
  daily_usage: z.object({ remaining: z.number().nullable() }),
})
const Problem = z.object({ title: z.string(), detail: z.string().optional() })

const mostTries = 12
const longestWaitMs = 5_000
/** A limit that lasts longer than this is the day's. */
const longLimitS = 60

/** Submits one question, again and again under the same Idempotency-Key until there is an answer to it. */
export async function submit(client: Client, account: Account, body: object, signal: AbortSignal): Promise<Submission> {
  const key = randomUUID()
  const from = performance.now()
  let reason = ''
  let renewed = false
  for (let tries = 1; tries <= mostTries; tries += 1) {
    const outcome = await attempt(client, account, body, key).catch((error: unknown) => ({
      again: whyNot(error),
      afterMs: 0,
    }))
    if ('accepted' in outcome) {
      const { query_id: queryId, daily_usage: usage } = outcome.accepted
      if (usage.remaining !== null) account.left = Math.min(account.left, usage.remaining)
      else account.left = Number.POSITIVE_INFINITY
      return { state: 'accepted', queryId, replayed: outcome.replayed, tries, acceptMs: performance.now() - from }
    }
    if ('spent' in outcome) {
      account.left = 0
      return { state: 'spent', tries }
    }
    if ('refused' in outcome) {
      if (outcome.status !== 401 || renewed || !account.renew)
        return { state: 'refused', reason: outcome.refused, tries }
      renewed = true
      await account.renew().catch(() => {})
      continue
    }
    reason = outcome.again
    if (signal.aborted) break
    await sleep(Math.min(longestWaitMs, Math.max(outcome.afterMs, 100 * 2 ** tries)), undefined, { signal }).catch(
      () => {},
    )
  }
  return { state: 'unanswered', reason, tries: mostTries }
}

type Attempt =
  | { accepted: z.output<typeof Accepted>; replayed: boolean }
  | { spent: true }
  | { refused: string; status: number }
  | { again: string; afterMs: number }

async function attempt(client: Client, account: Account, body: object, key: string): Promise<Attempt> {
  const {
    status,
    headers,
    body: said,
  } = await client.call({
    method: 'POST',
    path: '/api/v1/queries/submit',
    token: account.token,
    body,
    headers: { 'idempotency-key': key },
  })
  const accepted = Accepted.safeParse(said)
  if (status === 202 && accepted.success)
    return { accepted: accepted.data, replayed: headers.get('idempotent-replayed') === 'true' }
  const afterS = Number(headers.get('retry-after') ?? 0)
  const reason = `${status} ${Problem.safeParse(said).data?.detail ?? Problem.safeParse(said).data?.title ?? ''}`.trim()
  if (status === 429 && afterS > longLimitS) return { spent: true }
  const passing = status >= 500 || [202, 408, 429].includes(status) || (status === 409 && afterS > 0)
  return passing ? { again: reason, afterMs: (afterS || 0) * 1_000 } : { refused: reason, status }
}
