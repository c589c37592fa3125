import type { Logger } from '@concord/service-kit/logging'
import type { OpenCallStore, UsageEntry } from './usage.ts'

export type CallJournal = {
  /** Keeps the call as `soFar` gives it, until it has `ended` and is `stored`. Never waits, never throws. */
  follow(id: string, soFar: () => UsageEntry | undefined): void
  /** The call has ended as `entry`, which is on its way into the usage. */
  ended(entry: UsageEntry): void
  /** These calls are in the usage: the journal forgets them. */
  stored(ids: readonly string[]): void
  close(): Promise<void>
}

type Options = {
  store: Pick<OpenCallStore, 'keep' | 'drop'>
  logger: Logger
  everyMs?: number
}

/**
 * Writes calls under way down every `everyMs`, many in one statement. A call shorter than that is never written, so that short ones
 * cost nothing.
 */
export function callJournal({ store, logger, everyMs = 250 }: Options): CallJournal {
  const open = new Map<string, { soFar: () => UsageEntry | undefined; since: number }>()
  const kept = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let closed = false

  function schedule(): void {
    if (closed) return
    timer ??= setTimeout(() => {
      timer = undefined
      writing = write().finally(() => {
        if (open.size > 0 || kept.size > 0) schedule()
      })
    }, everyMs).unref()
  }

  /** One at a time, so that no call is dropped before it was kept. */
  async function write(): Promise<void> {
    const long = performance.now() - everyMs
    const entries = [...open.values()].flatMap(({ soFar, since }) => (since <= long ? (soFar() ?? []) : []))
    try {
      if (entries.length > 0) await store.keep(entries)
      for (const { id } of entries) kept.add(id)
      const ended = [...kept].filter((id) => !open.has(id))
      if (ended.length > 0) await store.drop(ended)
      for (const id of ended) kept.delete(id)
    } catch (err) {
      logger.warn({ err, calls: entries.length }, 'calls under way could not be written down')
    }
  }

  return {
    follow(id, soFar) {
      open.set(id, { soFar, since: performance.now() })
      schedule()
    },
    ended(entry) {
      const call = open.get(entry.id)
      if (call && kept.has(entry.id)) call.soFar = () => entry
      else open.delete(entry.id)
    },
    stored(ids) {
      for (const id of ids) open.delete(id)
    },
    async close() {
      closed = true
      clearTimeout(timer)
      await writing
      if (kept.size > 0) await write()
    },
  }
}
