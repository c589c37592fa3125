import { createHash } from 'node:crypto'
import { AppError } from '@concord/service-kit/errors'
import type { Deps } from '../ports.ts'

const windowMs = 15 * 60 * 1_000
const failuresPerAddress = 5
const failuresBeforeSlowing = 10
const slowestMs = 4_000
const waitersPerAddress = 20

type Attempt = { email: string; address: string }

/**
 * Runs one sign-in. After 5 failures in 15 minutes for an account from an address: 429. Failures from many addresses slow the
 * account down, and never close it to its owner. An unknown e-mail counts the same way, so that the answer tells nothing.
 */
export function lockout({ failures, sleep }: Pick<Deps, 'failures' | 'sleep'>) {
  const queues = new Map<string, { tail: Promise<unknown>; waiting: number }>()

  async function attempt<Result>(
    { email, address }: Attempt,
    verify: () => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    const account = createHash('sha256').update(email).digest('base64url')
    const here = `login:${account}:${address}`
    const everywhere = `login:${account}`
    if ((await failures.count(here)) >= failuresPerAddress) throw tooMany()
    const total = await failures.count(everywhere)
    if (total > failuresBeforeSlowing) await sleep(Math.min(slowestMs, (total - failuresBeforeSlowing) * 200))

    const result = await verify()
    if (result !== undefined) {
      await failures.clear(here)
      return result
    }
    await Promise.all([failures.add(here, windowMs), failures.add(everywhere, windowMs)])
    return undefined
  }

  /** One attempt at a time per account and address, so that a burst of guesses cannot outrun its own count. */
  return async function guarded<Result>(
    who: Attempt,
    verify: () => Promise<Result | undefined>,
  ): Promise<Result | undefined> {
    const name = `${who.email}|${who.address}`
    const queue = queues.get(name) ?? { tail: Promise.resolve(), waiting: 0 }
    if (queue.waiting >= waitersPerAddress) throw tooMany()
    queue.waiting += 1
    queues.set(name, queue)
    const mine = queue.tail.then(() => attempt(who, verify))
    queue.tail = mine.catch(() => {})
    try {
      return await mine
    } finally {
      queue.waiting -= 1
      if (queue.waiting === 0) queues.delete(name)
    }
  }
}

export type Lockout = ReturnType<typeof lockout>

function tooMany(): AppError {
  return new AppError('rate-limited', 'too many failed sign-ins for this account from this address', {
    retryAfterS: windowMs / 1_000,
    headers: {
      'ratelimit-limit': String(failuresPerAddress),
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(windowMs / 1_000),
    },
  })
}
