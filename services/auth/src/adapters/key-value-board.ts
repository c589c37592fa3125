import type { KeyValue } from '@concord/key-value/key-value'
import { revocationKeys } from '@concord/service-kit/token'
import type { FailureCounter, RevocationBoard } from '../ports.ts'

const shortestMs = 1_000

export function keyValueBoard(keyValue: KeyValue, now: () => Date): RevocationBoard {
  const lifetime = (until: Date) => ({ ttlMs: Math.max(shortestMs, until.getTime() - now().getTime()) })
  return {
    denySession: (sid, until) => keyValue.set(revocationKeys.session(sid), '1', lifetime(until)),
    stampAccount: ({ id, role, plan }, until) =>
      keyValue.set(revocationKeys.account(id), JSON.stringify({ role, plan, suspended: false }), lifetime(until)),
  }
}

export function keyValueFailures(keyValue: KeyValue): FailureCounter {
  return {
    count: async (name) => Number((await keyValue.get(name)) ?? 0),
    add: (name, windowMs) => keyValue.counterUp(name, { ttlMs: windowMs }),
    clear: (name) => keyValue.delete(name),
  }
}
