import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { apiClient, memberOf, registerUser, testPassword, textAt } from '@concord/testing/api-client'
import type { ApiAnswer, ApiClient } from '@concord/testing/api-client'

export type Client = {
  user: string
  /** With a key that does not expire, or with a session's token, renewed where it is refused. */
  api(): ApiClient
  key: string
  /** After a 401: signs in again, as a client does. */
  signIn(): Promise<void>
}

/** A user of the mesh with an API key; a `guardian`, whose day has no end of queries, where an administrator is given. */
export async function newClient(url: string, o: { admin?: string; bySession: boolean }): Promise<Client> {
  const registered = await insistently(() => registerUser(apiClient(url)))
  const { id, email } = registered
  if (o.admin !== undefined) {
    const admin = apiClient(url, o.admin)
    await insistently(() => expectStatus(200, admin.post(`/admin/users/${id}/plan`, { plan: 'guardian' })))
  }
  const made = await insistently(() => expectStatus(201, registered.api.post('/auth/api-keys', { name: 'a client' })))
  const key = textAt(made.body, 'key')
  // The plan is part of a token: one from before it was changed would still say the old one.
  let token = registered.token
  const signIn = async (): Promise<void> => {
    const answer = await apiClient(url).post('/auth/login', { email, password: testPassword })
    if (answer.status === 200) token = textAt(answer.body, 'access_token')
  }
  if (o.admin !== undefined) await insistently(signIn)
  return { user: id, key, api: () => apiClient(url, o.bySession ? token : key), signIn }
}

async function expectStatus(status: number, answering: Promise<ApiAnswer>): Promise<ApiAnswer> {
  const answer = await answering
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`)
  return answer
}

/** Tries again for a minute and a half: clients are made while faults are. */
async function insistently<Result>(attempt: () => Promise<Result>): Promise<Result> {
  const giveUpAt = performance.now() + 90_000
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (performance.now() > giveUpAt) throw error
      await sleep(500)
    }
  }
}

export type Submitted =
  | { outcome: 'accepted'; id: string; attempts: number }
  | { outcome: 'refused'; attempts: number }
  | { outcome: 'unanswered'; attempts: number; fault: string }

/**
 * Submits as a careful client does: the same key and body again, until there is an answer. A 202 accepts, a 429 of the plan's day
 * refuses; after `withinMs` without either it gives up.
 */
export async function submit(client: Client, body: object, key: string, withinMs: number): Promise<Submitted> {
  const giveUpAt = performance.now() + withinMs
  for (let attempts = 1; ; attempts += 1) {
    const answer = await client.api().post('/queries', body, { 'idempotency-key': key }).catch(nameOf)
    if (typeof answer !== 'string') {
      if (answer.status === 202) return { outcome: 'accepted', id: textAt(answer.body, 'query_id'), attempts }
      if (answer.status === 429 && answer.headers.get('ratelimit-limit') === '10')
        return { outcome: 'refused', attempts }
      if (answer.status === 401) await client.signIn().catch(() => {})
      else if (answer.status >= 400 && answer.status < 500 && answer.status !== 409 && answer.status !== 429)
        throw new Error(`submitting was answered ${answer.status}: ${answer.text}`)
    }
    if (performance.now() > giveUpAt) return { outcome: 'unanswered', attempts, fault: faultOf(answer) }
    await sleep(250 + Math.random() * 500)
  }
}

/** What an answer that is none is counted as: its status, or the error's name. */
function faultOf(answer: ApiAnswer | string): string {
  return typeof answer === 'string' ? answer : String(answer.status)
}

export function nameOf(error: unknown): string {
  const cause = memberOf(error, 'cause')
  return String(memberOf(cause, 'code') ?? memberOf(error, 'name') ?? error)
}

export function newKey(): string {
  return `${randomUUID()}-${randomBytes(2).toString('hex')}`
}
