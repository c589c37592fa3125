import type { KeyValue } from '@concord/key-value/key-value'
import type { LastSweep } from '../ports.ts'

const key = 'consensus:last-sweep'
const ttlMs = 24 * 60 * 60 * 1_000

/** Shared by all replicas where the key-value store is; where it is down or in this process, what this process knows. */
export function lastSweep(keyValue: Pick<KeyValue, 'get' | 'set'>): LastSweep {
  let own = 0
  return {
    async at() {
      const shared = Number((await keyValue.get(key).catch(() => undefined)) ?? 0)
      const latest = Math.max(own, Number.isFinite(shared) ? shared : 0)
      return latest === 0 ? undefined : new Date(latest)
    },
    async note(now) {
      own = Math.max(own, now.getTime())
      await keyValue.set(key, String(own), { ttlMs }).catch(() => undefined)
    },
  }
}
