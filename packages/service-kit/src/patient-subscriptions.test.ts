import type { Subscription } from '@concord/messaging/bus'
import { UnreachableError } from '@concord/messaging/errors'
import { expect, test } from 'vitest'
import { patientSubscriptions } from './patient-subscriptions.ts'

async function failureOf(error: unknown): Promise<unknown> {
  const handle = async () => {
    throw error
  }
  const [subscription] = patientSubscriptions([{ type: 'turn.completed.v1', handler: 'a', handle }])
  const delivery: Parameters<Subscription['handle']>[0] = {
    id: '018f0000-0000-7000-8000-000000000000',
    type: 'turn.completed.v1',
    headers: {},
    attempt: 1,
    signal: new AbortController().signal,
    body: {},
  }
  return subscription?.handle(delivery).catch((failure: unknown) => failure)
}

test('a database that cannot be reached is an outage, however deep it lies', async () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

  expect(await failureOf(new Error('Failed query', { cause: refused }))).toBeInstanceOf(UnreachableError)
})

test('whatever else fails stays what it is', async () => {
  const broken = new TypeError('no such thing')

  expect(await failureOf(broken)).toBe(broken)
})
