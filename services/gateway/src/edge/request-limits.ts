import { AppError } from '@concord/service-kit/errors'
import type { FastifyReply } from 'fastify'
import type { Allowance, RequestCounter } from '../ports.ts'

export type Rule = { limit: number; windowMs: number }
export type RequestRules = { perAddress: Rule; perUser: Rule; registrations: Rule }

/** Counts one request under `name` and tells the caller where it stands by `RateLimit-*`; over the limit it is a 429. */
export async function spendRequest(
  counter: RequestCounter,
  reply: FastifyReply,
  name: string,
  rule: Rule,
): Promise<void> {
  const allowance = await counter.hit(name, rule)
  const headers = toHeaders(allowance)
  if (!allowance.allowed) {
    throw new AppError('rate-limited', `more than ${rule.limit} requests in ${rule.windowMs / 1_000} s`, {
      headers,
      retryAfterS: allowance.resetMs / 1_000,
    })
  }
  const shown = reply.getHeader('ratelimit-remaining')
  if (shown === undefined || allowance.remaining < Number(shown)) void reply.headers(headers)
}

function toHeaders({ limit, remaining, resetMs }: Allowance): Record<string, string> {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(remaining),
    'ratelimit-reset': String(Math.ceil(resetMs / 1_000)),
  }
}
