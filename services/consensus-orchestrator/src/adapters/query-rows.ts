import type { Db } from '@concord/database/database'
import { TurnOutput } from '@concord/contracts/turns'
import type { Vault } from '@concord/vault/vault'
import { z } from 'zod'
import type { queries, turns } from '../db/schema.ts'
import type { Query, ReadTurn, Turn } from '../ports.ts'

export type QueryRow = typeof queries.$inferSelect
export type TurnRow = typeof turns.$inferSelect

/** What a ciphertext is bound to, so that it cannot be moved to another row. */
export const boundTo = {
  question: (queryId: string) => `queries|${queryId}|question`,
  answer: (queryId: string) => `queries|${queryId}|answer`,
  result: (turnId: string) => `turns|${turnId}|result`,
  event: (queryId: string, seq: number) => `events|${queryId}|${seq}`,
}

const SealedQuestion = z.object({ question: z.string(), choices: z.array(z.string()).nullable() })
const SealedResult = z.object({ output: TurnOutput.nullable(), detail: z.string().nullable() })

/** Rows of one owner, decrypted with as few steps as there can be. */
export async function toQueries(db: Db, vault: Vault, owner: string, rows: readonly QueryRow[]): Promise<Query[]> {
  const items = rows.flatMap((row) => [
    { aad: boundTo.question(row.id), sealed: row.sealedQuestion },
    ...(row.sealedAnswer === null ? [] : [{ aad: boundTo.answer(row.id), sealed: row.sealedAnswer }]),
  ])
  const opened = rows.length === 0 ? [] : await vault.decryptMany(db, owner, items)
  const texts = new Map(items.map(({ aad }, index) => [aad, opened[index] ?? '']))
  return rows.map((row) => {
    const { sealedQuestion: _question, sealedAnswer: _answer, settings, domain, ...plain } = row
    const { question, choices } = SealedQuestion.parse(JSON.parse(texts.get(boundTo.question(row.id)) ?? ''))
    const answer = texts.get(boundTo.answer(row.id)) ?? null
    return { ...plain, question, settings: { ...settings, choices }, domain: domain ?? 'general', answer }
  })
}

export function sealedQuestionOf({ question, settings }: Query): string {
  return JSON.stringify({ question, choices: settings.choices })
}

export function toTurn({ queryId: _query, sealedResult: _sealed, ...turn }: TurnRow): Turn {
  return turn
}

export async function toReadTurns(db: Db, vault: Vault, owner: string, rows: readonly TurnRow[]): Promise<ReadTurn[]> {
  const items = rows.flatMap(({ id, sealedResult: sealed }) =>
    sealed === null ? [] : [{ id, aad: boundTo.result(id), sealed }],
  )
  const opened = items.length === 0 ? [] : await vault.decryptMany(db, owner, items)
  const results = new Map(items.map(({ id }, index) => [id, SealedResult.parse(JSON.parse(opened[index] ?? ''))]))
  return rows.map((row) => {
    const result = results.get(row.id)
    return { ...toTurn(row), output: result?.output ?? null, failureDetail: result?.detail ?? null }
  })
}
