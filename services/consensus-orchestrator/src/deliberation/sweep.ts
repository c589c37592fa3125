import type { Deps } from '../ports.ts'
import { failureDetail } from '../queries/failure-detail.ts'
import { dropTurns, startDraft, tell } from './draft.ts'
import { moveOn } from './move-on.ts'

type SweepDeps = Pick<Deps, 'inTransaction' | 'reader' | 'newId' | 'newToken' | 'settings' | 'now'>

const most = 50

/** Goes on with every query whose stage is overdue, without those who have not answered. Any replica may do it; gives how many. */
export async function sweepOverdue(deps: SweepDeps, signal?: AbortSignal): Promise<number> {
  const ids = await deps.reader.overdue(deps.now(), most)
  for (const id of ids) {
    if (signal?.aborted) break
    await goOn(deps, id)
  }
  return ids.length
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
