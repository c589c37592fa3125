import { AppError } from '@concord/service-kit/errors'
import { hash, verify } from '@node-rs/argon2'
import PQueue from 'p-queue'
import type { PasswordHasher } from '../ports.ts'

/** OWASP's parameters for argon2id, the library's default: 19 MiB, two passes, one lane. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }
const longestQueue = 200

/** Hashing takes a core for some 30–130 ms: two at a time, and a bounded queue, so that a flood of sign-ins cannot take the memory. */
export function argon2Passwords({ concurrency = 2 } = {}): PasswordHasher {
  const queue = new PQueue({ concurrency })

  async function queued<Result>(work: () => Promise<Result>): Promise<Result> {
    if (queue.size >= longestQueue) throw new AppError('unavailable', 'too many sign-ins at once', { retryAfterS: 5 })
    return queue.add(work)
  }

  return {
    hash: (password) => queued(() => hash(password.normalize('NFKC'), parameters)),
    verify: (stored, password) => queued(() => verify(stored, password.normalize('NFKC'))),
  }
}
