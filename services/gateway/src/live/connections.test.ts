import { Registry } from 'prom-client'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { aCaller } from '../../test/fake-orchestrator.ts'
import { trackConnections } from './connections.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A connection that tells what becomes of it within `seconds` of its opening. */
async function lifeOf(sid: string, seconds: number, o: { outlivesToken?: boolean } = {}): Promise<string> {
  const connections = trackConnections({
    perUser: 1,
    heartbeatMs: 15_000,
    sessions: { onEnd: () => {}, isAlive: async () => true },
    metrics: new Registry(),
  })
  const ends: string[] = []
  const { principal } = aCaller()
  const leave = connections.open({
    ...o,
    principal: { ...principal, sid, expiresAt: Date.now() / 1_000 + 100 },
    beat: () => {},
    cutOff: (reason) => {
      ends.push(reason)
      leave()
    },
  })
  await vi.advanceTimersByTimeAsync(seconds * 1_000)
  const life = ends.length === 0 ? 'open' : ends.join(', ')
  connections.closeAll()
  return life
}

test.each([
  { what: 'a session’s, before its token has expired', sid: 'ses_1', seconds: 100, life: /^open$/ },
  {
    what: 'a session’s, a minute and more after its token',
    sid: 'ses_1',
    seconds: 180,
    life: /^the token has expired/,
  },
  { what: 'an API key’s, whose tokens are short', sid: 'key_1', seconds: 600, life: /^open$/ },
  { what: 'an API key’s, after an hour', sid: 'key_1', seconds: 3_630, life: /^the token has expired/ },
])('$what is $life', async ({ sid, seconds, life }) => {
  expect(await lifeOf(sid, seconds)).toMatch(life)
})

test('a council that is waited for outlives the token it was asked with', async () => {
  expect(await lifeOf('ses_1', 700, { outlivesToken: true })).toBe('open')
})
