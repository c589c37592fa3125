import type { EventHistory, Stretch } from '../ports.ts'

type Read = Promise<Stretch | undefined>

/**
 * One history for many readers: who asks what is being read already shares the next reading with all who ask meanwhile. A reading
 * begins after everybody who shares it has asked, so that what it lacks comes to their live feeds.
 */
export function sharedHistory(history: EventHistory): EventHistory {
  const running = new Map<string, Read>()
  const next = new Map<string, Read>()

  function begin(key: string, read: () => Read): Read {
    const reading = read().finally(() => running.delete(key))
    running.set(key, reading)
    return reading
  }

  function beginAfter(key: string, before: Read, read: () => Read): Read {
    const go = () => {
      next.delete(key)
      return begin(key, read)
    }
    const reading = before.then(go, go)
    next.set(key, reading)
    return reading
  }

  return {
    after(query, seq) {
      const key = JSON.stringify([query.userId, query.queryId, seq])
      const read = () => history.after(query, seq)
      const before = running.get(key)
      return before ? (next.get(key) ?? beginAfter(key, before, read)) : begin(key, read)
    },
  }
}
