import type { LiveEvent } from '@concord/contracts/live-events'
import { readQuery } from '../api/queries.ts'
import { RequestFailure } from '../api/request-failure.ts'
import { applyDetail, applyEvent, isMissingEvents, newDeliberation, type Deliberation } from './deliberation.ts'
import { followQuery, type Link } from './follow-query.ts'
import { eventStreamSource, socketSource } from './live-sources.ts'
import { wait } from './wait.ts'

export type Watched = { deliberation: Deliberation; link: Link; failure: RequestFailure | undefined }

type WatchOptions = {
  queryId: string
  signal: AbortSignal
  onChange: (watched: Watched) => void
  onEvent: (event: LiveEvent) => void
}

/** Deltas come many in a second; the page is drawn this often. */
const drawEveryMs = 50
/** After these the API has something to say that the event itself does not carry. */
const worthReading = new Set([
  'agreement_measured',
  'round_completed',
  'query_completed',
  'query_failed',
  'query_cancelled',
])

/** Keeps the state of one query up to date, from events and, for what they do not carry, from the API. */
export function watchQuery({ queryId, signal, onChange, onEvent }: WatchOptions): void {
  let watched: Watched = { deliberation: newDeliberation(queryId), link: 'connecting', failure: undefined }
  let drawing: ReturnType<typeof setTimeout> | undefined
  let isSettled = false

  function change(part: Partial<Watched>): void {
    watched = { ...watched, ...part }
    drawing ??= setTimeout(() => {
      drawing = undefined
      if (!signal.aborted) onChange(watched)
    }, drawEveryMs)
  }

  async function readDetail(): Promise<void> {
    const detail = await readQuery(queryId, signal)
    change({ deliberation: applyDetail(watched.deliberation, detail), failure: undefined })
  }

  function giveUp(error: unknown): void {
    if (signal.aborted || !(error instanceof RequestFailure)) return
    const isGone = error.status === 404 || error.status === 403 || error.status === 401
    if (isGone) isSettled = true
    if (isGone || watched.deliberation.question === undefined) change({ failure: error })
  }

  const refresh = oneAtATime(() => readDetail().catch(giveUp))
  refresh()
  void followQuery({
    socket: socketSource(queryId),
    eventStream: eventStreamSource(queryId),
    poll: async () => {
      await readDetail().catch((error: unknown) => {
        giveUp(error)
        throw error
      })
      if (watched.deliberation.results) isSettled = true
    },
    lastSeq: () => watched.deliberation.lastSeq,
    isMissingEvents: () => isMissingEvents(watched.deliberation),
    hasEnded: () => isSettled || watched.deliberation.isComplete,
    onLink: (link) => change({ link }),
    onEvent: (event) => {
      const before = watched.deliberation
      const deliberation = applyEvent(before, event)
      if (deliberation === before) return
      change({ deliberation })
      if (deliberation.lastSeq > before.lastSeq) onEvent(event)
      if (worthReading.has(event.type)) refresh()
    },
    wait,
    signal,
  })
}

/** Runs the task, and once more if it was asked for while it ran. */
function oneAtATime(task: () => Promise<void>): () => void {
  let isRunning = false
  let isWanted = false
  return function run(): void {
    isWanted = true
    if (isRunning) return
    isRunning = true
    isWanted = false
    void task().finally(() => {
      isRunning = false
      if (isWanted) run()
    })
  }
}
