import type { Deps, Query, Transaction } from '../ports.ts'
import { cancel } from './end.ts'
import { startDraft } from './draft.ts'

type CancelDeps = Pick<Deps, 'inTransaction' | 'newId' | 'newToken' | 'settings' | 'now'>

/** Stops the models. Gives `ended` where it was too late, undefined where the owner has no such query. */
export async function cancelQuery(
  deps: CancelDeps,
  { id, owner }: { id: string; owner: string },
): Promise<'cancelled' | 'ended' | undefined> {
  return deps.inTransaction(async (tx) => {
    const query = await tx.lockQuery(id)
    if (query?.owner !== owner) return undefined
    if (query.status !== 'processing') return 'ended'
    await stop(deps, tx, query)
    return 'cancelled'
  })
}

/** Removes the query and all that belongs to it; one that is running is cancelled first, so that whoever watches it is told. */
export async function deleteQuery(deps: CancelDeps, { id, owner }: { id: string; owner: string }): Promise<boolean> {
  return deps.inTransaction(async (tx) => {
    const query = await tx.lockQuery(id)
    if (query?.owner !== owner) return false
    if (query.status === 'processing') await stop(deps, tx, query)
    await tx.deleteQuery(id)
    return true
  })
}

async function stop(deps: CancelDeps, tx: Transaction, query: Query): Promise<void> {
  const draft = startDraft(deps, deps.now(), query, await tx.readTurns(query))
  cancel(draft)
  await tx.save(query, draft.changes, draft.now)
}
