import { setTimeout as sleep } from 'node:timers/promises'
import { memberOf } from '@concord/testing/api-client'
import type { ApiClient } from '@concord/testing/api-client'
import type { LiveMessage } from '@concord/testing/live-reader'
import { patienceMs } from '@concord/testing/patience'
import { expect } from 'vitest'
import * as page from './api-page.ts'

/** Polls the results until the query has ended. */
export async function untilEnded(api: ApiClient, queryId: string, withinMs = patienceMs): Promise<unknown> {
  const giveUpAt = Date.now() + withinMs
  for (;;) {
    const { status, body } = await api.get(`/queries/${queryId}/results`)
    expect(status).toBe(200)
    if (memberOf(body, 'status') !== 'processing') return body
    if (Date.now() > giveUpAt) throw new Error(`${queryId} still runs: ${JSON.stringify(body)}`)
    await sleep(50)
  }
}

export async function completedResults(api: ApiClient, queryId: string, withinMs?: number): Promise<page.Completed> {
  return page.completed.parse(await untilEnded(api, queryId, withinMs))
}

/** Durable events, each checked against the API page and their `seq` against a gap or a double. */
export function durableEvents(messages: readonly LiveMessage[], after = 0): LiveMessage[] {
  const kept = messages.filter(({ type }) => type !== 'heartbeat' && !type.endsWith('_delta'))
  for (const message of messages) {
    if (message.type === 'heartbeat') page.heartbeat.parse(message)
    else if (message.type.endsWith('_delta')) page.passingEvent.parse(message)
    else page.durableEvent.parse(message)
  }
  expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, index) => after + index + 1))
  return kept
}
