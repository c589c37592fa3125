import type { Deps, LastSweep } from '../ports.ts'
import { failureDetail } from '../queries/failure-detail.ts'
import { dropTurns, startDraft, tell } from './draft.ts'
import { givenBack } from './limits.ts'
import { moveOn } from './move-on.ts'

type SweepDeps = Pick<Deps, 'inTransaction' | 'reader' | 'newId' | 'newToken' | 'now'> & {
  lastSweep: LastSweep
  settings: Pick<Deps['settings'], 'turnDeadlineMs'>
}

const most = 50
const mostOpen = 10_000
/** A living process sweeps every second or so; after a longer silence nobody was there to take answers in. */
const absenceMs = 5_000
const endOfTime = new Date('9999-12-31T00:00:00Z')

/**
 * Goes on with every query whose stage is overdue, without those who have not answered. Any replica may do it; gives how many. Where
 * nobody has swept for a while, open stages get back the time in which nobody could have answered.
 */
export async function sweepOverdue(deps: SweepDeps, signal?: AbortSignal): Promise<number> {
  const now = deps.now()
  const last = await deps.lastSweep.at()
  if (last === undefined || now.getTime() - last.getTime() > absenceMs) await giveBack(deps, last, now)
  await deps.lastSweep.note(now)
  const ids = await deps.reader.overdue(deps.now(), most)
  for (const id of ids) {
    if (signal?.aborted) break
    await goOn(deps, id)
  }
  return ids.length
}

/** Whoever finds a row locked leaves it: it is being moved on, or given its time by another replica. */
async function giveBack(deps: SweepDeps, last: Date | undefined, now: Date): Promise<void> {
  for (const id of await deps.reader.overdue(endOfTime, mostOpen)) {
    await deps.inTransaction(async (tx) => {
      const query = await tx.lockOverdue(id, endOfTime)
      const stageDeadlineAt = query && givenBack(query, { last, now }, deps.settings.turnDeadlineMs)
      if (query && stageDeadlineAt) await tx.save(query, { query: { stageDeadlineAt }, newTurns: [], events: [] }, now)
    })
  }
}

async function goOn(deps: SweepDeps, id: string): Promise<void> {
  const now = deps.now()
  await deps.inTransaction(async (tx) => {
    const query = await tx.lockOverdue(id, now)
    if (!query) return
    const draft = startDraft(deps, now, query, await tx.readTurns(query))
    const reason = 'timed_out'
    for (const { round, model, purpose } of dropTurns(draft, 'failed', reason))
      tell(draft, { type: 'model_failed', data: { round, model, purpose, reason, detail: failureDetail(reason) } })
    moveOn(draft)
    await tx.save(query, draft.changes, now)
  })
}
