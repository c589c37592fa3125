import { createHash } from 'node:crypto'
import type { Db } from '@concord/database/database'
import { and, eq, sql } from '@concord/database/sql'
import { index, integer, jsonb, primaryKey, text, timestamp } from '@concord/database/tables'
import type { PgSchema } from '@concord/database/tables'
import type { FastifyRequest } from 'fastify'
import { AppError, invalidField } from './errors.ts'
import { dayMs } from './retention.ts'
import type { RetentionRule } from './retention.ts'

/** Drizzle table for a service's own schema. `response` stays null for answers that carry a secret. */
export function idempotencyTable(schema: PgSchema) {
  return schema.table(
    'idempotency_keys',
    {
      scope: text().notNull(),
      key: text().notNull(),
      requestHash: text('request_hash').notNull(),
      status: integer().notNull(),
      response: jsonb(),
      createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
    },
    (table) => [primaryKey({ columns: [table.scope, table.key] }), index().on(table.createdAt)],
  )
}

export type IdempotencyTable = ReturnType<typeof idempotencyTable>
export type Answer = { status: number; body: unknown }
export type IdempotentAnswer = Answer & { replayed: boolean }

/** The caller's `Idempotency-Key`, or undefined; a malformed one is a 400. */
export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key))
    throw invalidField('#/Idempotency-Key', 'expected 1 to 255 visible ASCII characters')
  return key
}

type Request = {
  /** Tenant and route: one caller's keys never meet another's. */
  scope: string
  key: string
  body: unknown
  /** Answers with secrets are not kept: a repeat is a 409. */
  secret?: boolean
}

/**
 * Runs `effect` once for a key, inside the transaction that writes it, and gives its answer to every repeat. The same key with
 * another body, or while the first is still running, is a 409.
 */
export async function answerOnce(
  tx: Db,
  table: IdempotencyTable,
  request: Request,
  effect: () => Promise<Answer>,
): Promise<IdempotentAnswer> {
  const { scope, key, body, secret = false } = request
  const lock = await tx.execute<{ got: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${`${scope}|${key}`}, 0)) as got`,
  )
  if (!lock.rows[0]?.got)
    throw new AppError('conflict', 'a request with this Idempotency-Key is still running', { retryAfterS: 1 })

  // A password's fast hash would undo its slow one; and a repeat of such a request is a conflict whatever its body.
  const requestHash = secret ? '' : createHash('sha256').update(canonicalJson(body)).digest('base64url')
  const [first] = await tx
    .select()
    .from(table)
    .where(and(eq(table.scope, scope), eq(table.key, key)))
  if (first) {
    if (first.requestHash !== requestHash)
      throw new AppError('conflict', 'this Idempotency-Key was used with another body')
    if (first.response === null)
      throw new AppError('conflict', 'this request was answered once; its answer carried a secret and is not kept')
    return { status: first.status, body: first.response, replayed: true }
  }
  const answer = await effect()
  await tx
    .insert(table)
    .values({ scope, key, requestHash, status: answer.status, response: secret ? null : answer.body })
  return { ...answer, replayed: false }
}

/** A key holds for a day, since repeats come within minutes; after that it makes a new request. */
export function idempotencyRetention(table: IdempotencyTable): RetentionRule {
  return { table, age: table.createdAt, keepMs: dayMs }
}

function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`
}
