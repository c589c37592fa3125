import type { Deps } from '../ports.ts'

const exchangedTokenTtlS = 60

/** Puts back on the board what a lost key-value store has forgotten: everything that still-valid tokens could contradict. */
export async function reloadRevocations({
  inTransaction,
  board,
  now,
  settings,
}: Pick<Deps, 'inTransaction' | 'board' | 'now' | 'settings'>): Promise<void> {
  const lifetimeMs = settings.accessTtlS * 1_000
  const since = new Date(now().getTime() - lifetimeMs)
  const { sessions, keys, accounts } = await inTransaction(async (tx) => ({
    sessions: await tx.sessions.revokedSince(since),
    keys: await tx.apiKeys.revokedSince(new Date(now().getTime() - exchangedTokenTtlS * 1_000)),
    accounts: await tx.accounts.grantsChangedSince(since),
  }))
  const until = new Date(now().getTime() + lifetimeMs)
  for (const { id } of [...sessions, ...keys]) await board.denySession(id, until)
  for (const account of accounts) await board.stampAccount(account, until)
}
