import type { Provider } from './wire/wire.ts'

/** What is remembered of a request. No text of it is kept, only a hash of its question. */
export type LoggedRequest = {
  id: number
  provider: Provider
  model: string
  purpose: string
  question_hash: string
  stream: boolean
  at: string
  /** The time the emulator meant to take; what took longer was waiting. */
  planned_ms: number
  duration_ms: number | null
  outcome: 'running' | 'answered' | 'failed' | 'cut' | 'refused' | 'aborted'
  aborted: boolean
  fault: string | null
}

export type RequestLog = {
  open(
    request: Omit<LoggedRequest, 'id' | 'at' | 'duration_ms' | 'outcome' | 'aborted'>,
  ): (outcome: LoggedRequest['outcome']) => void
  recent(): LoggedRequest[]
  clear(): void
}

/** Keeps the last `max` requests, oldest first. */
export function createRequestLog(max = 5_000): RequestLog {
  let entries: LoggedRequest[] = []
  let lastId = 0
  return {
    open(request) {
      const startedAt = performance.now()
      lastId += 1
      const entry: LoggedRequest = {
        id: lastId,
        ...request,
        at: new Date().toISOString(),
        duration_ms: null,
        outcome: 'running',
        aborted: false,
      }
      entries.push(entry)
      if (entries.length >= max * 2) entries = entries.slice(-max)
      return (outcome) => {
        entry.outcome = outcome
        entry.aborted = outcome === 'aborted'
        entry.duration_ms = Math.round(performance.now() - startedAt)
      }
    },
    recent: () => entries.slice(-max),
    clear: () => {
      entries = []
    },
  }
}
