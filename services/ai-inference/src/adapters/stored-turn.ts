import type { Db } from '@concord/database/database'
import { TurnOutput } from '@concord/contracts/turns'
import { VaultError } from '@concord/vault/vault-error'
import type { Vault } from '@concord/vault/vault'
import type { turns } from '../db/schema.ts'
import type { TurnResult } from '../ports.ts'

type TurnRow = typeof turns.$inferSelect

export const erased = { reason: 'cancelled', detail: 'the user was erased' } as const

export function outputAad(turnId: string): string {
  return `turns|${turnId}|output`
}

/** The columns that a result fills, but for the sealed output. */
export function columnsOf(result: TurnResult) {
  const shared = {
    attempts: result.attempts,
    inputTokens: result.usage.inputTokens,
    outputTokens: result.usage.outputTokens,
    costUsd: result.costUsd,
    sandbox: result.sandbox,
  }
  if (!result.ok) return { ...shared, state: 'failed' as const, failure: result.reason, detail: result.detail }
  const { salvaged, latencyMs } = result
  const providerModel = result.providerModel.replaceAll('\0', '').slice(0, 128)
  return { ...shared, state: 'completed' as const, providerModel, salvaged, latencyMs }
}

/** The result as it was stored; that of an erased user can no longer be read. */
export async function resultOfRow(tx: Db, vault: Vault, row: TurnRow): Promise<TurnResult> {
  const spent = {
    usage: { inputTokens: row.inputTokens, outputTokens: row.outputTokens },
    costUsd: row.costUsd,
    attempts: row.attempts,
    sandbox: row.sandbox,
  }
  if (row.sealedOutput === null)
    return { ok: false, ...spent, reason: row.failure ?? 'upstream_error', detail: row.detail ?? '' }
  try {
    const sealed = { subject: row.userId, aad: outputAad(row.id), sealed: row.sealedOutput }
    const output = TurnOutput.parse(JSON.parse(await vault.decrypt(tx, sealed)))
    const { salvaged, latencyMs } = row
    return { ok: true, ...spent, output, providerModel: row.providerModel ?? '', salvaged, latencyMs: latencyMs ?? 0 }
  } catch (error) {
    if (error instanceof VaultError && error.code === 'forgotten') return { ok: false, ...spent, ...erased }
    throw error
  }
}
