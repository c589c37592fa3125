import type { Deps } from '../ports.ts'
import { startDraft } from './draft.ts'
import { moveOn } from './move-on.ts'

type BeginDeps = Pick<Deps, 'inTransaction' | 'newId' | 'newToken' | 'now'> & {
  settings: Pick<Deps['settings'], 'turnDeadlineMs'>
}

/** Asks for the opening answers, once. */
export async function begin(deps: BeginDeps, message: { id: string; handler: string }, queryId: string): Promise<void> {
  await deps.inTransaction(async (tx) => {
    const query = await tx.lockQuery(queryId, message)
    if (query?.status !== 'processing' || query.stage !== 'opening') return
    if ((await tx.turns(query.id)).length > 0) return
    const draft = startDraft(deps, deps.now(), query, [])
    moveOn(draft)
    await tx.save(query, draft.changes, draft.now)
  })
}
