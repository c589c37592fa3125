import type { Plan } from '@concord/contracts/plans'
import { DoorError } from '../door/door-error.ts'
import type { UsageStore } from './usage.ts'
import { utcDay } from './usage.ts'

/** Tokens a UTC day by plan; null is unlimited. */
export type TokenLimits = Record<Plan, number | null>

export type Spender = { userId: string; plan: Plan }

export type TokenBudget = {
  /**
   * Throws a 429 when the day's tokens are spent, else sets `tokens` aside until `charge`, so that many calls at once do not
   * all see the same free budget. Gives a promise only where the day's count must first be read.
   */
  open(spender: Spender, tokens: number): Account | Promise<Account>
}

/** One call's share of the budget. */
export type Account = {
  /** The day it counts for. */
  day: string
  /** What the call really took; once. */
  charge(tokens: number): void
}

type Count = { tokens: number; setAside: number; readAt: number; reading: Promise<void> | undefined }

type Options = {
  store: Pick<UsageStore, 'tokensOf'>
  limits: TokenLimits
  now?: () => number
  /** How long what other replicas spend may go unseen. */
  refreshMs?: number
  maxUsers?: number
}

/**
 * What users have spent today, held in memory and read from the database when a user is first seen and every `refreshMs` then,
 * beside the calls. Between two readings a count only grows, by what this process charges.
 */
export function tokenBudget({
  store,
  limits,
  now = Date.now,
  refreshMs = 2_000,
  maxUsers = 20_000,
}: Options): TokenBudget {
  const counts = new Map<string, Count>()

  async function read(userId: string, day: string, count: Count): Promise<void> {
    const stored = await store.tokensOf(userId, day).catch((cause: unknown) => {
      throw new DoorError('unavailable', 'What was spent today cannot be read at the moment.', {
        cause,
        retryAfterS: 1,
      })
    })
    count.tokens = Math.max(count.tokens, stored)
    count.readAt = now()
  }

  function countOf(userId: string, day: string): Count {
    const key = `${userId}|${day}`
    const known = counts.get(key)
    if (known) return known
    if (counts.size >= maxUsers) forgetOldest(counts)
    const count: Count = { tokens: 0, setAside: 0, readAt: Number.NEGATIVE_INFINITY, reading: undefined }
    counts.set(key, count)
    return count
  }

  function refresh(userId: string, day: string, count: Count): Promise<void> {
    count.reading ??= read(userId, day, count).finally(() => {
      count.reading = undefined
    })
    return count.reading
  }

  function admit(count: Count, limit: number, day: string, tokens: number): Account {
    if (count.tokens + count.setAside >= limit) throw spent(limit, now())
    count.setAside += tokens
    let open = true
    return {
      day,
      charge(taken) {
        if (!open) return
        open = false
        count.setAside -= tokens
        count.tokens += taken
      },
    }
  }

  return {
    open({ userId, plan }, tokens) {
      const day = utcDay(new Date(now()))
      const limit = limits[plan]
      if (limit === null) return { day, charge: () => {} }
      const count = countOf(userId, day)
      if (count.readAt === Number.NEGATIVE_INFINITY)
        return refresh(userId, day, count).then(() => admit(count, limit, day, tokens))
      // A database that does not answer costs nobody an answer here: the count held is good enough for a while.
      if (now() - count.readAt > refreshMs) refresh(userId, day, count).catch(() => {})
      return admit(count, limit, day, tokens)
    },
  }
}

function forgetOldest(counts: Map<string, Count>): void {
  for (const [key, { setAside }] of counts) {
    if (setAside > 0) continue
    counts.delete(key)
    return
  }
}

const dayMs = 24 * 60 * 60 * 1_000

function spent(limit: number, nowMs: number): DoorError {
  return new DoorError('rate-limited', `The plan’s ${limit} tokens of today (UTC) are spent.`, {
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    retryAfterS: Math.ceil((dayMs - (nowMs % dayMs)) / 1_000),
    // OpenAI's clients repeat a 429 by themselves unless told.
    headers: { 'x-should-retry': 'false' },
  })
}
