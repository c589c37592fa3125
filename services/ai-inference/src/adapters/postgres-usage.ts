import type { Db } from '@concord/database/database'
import { and, eq, sql } from '@concord/database/sql'
import { subjectKeys, usage, usageDays } from '../db/schema.ts'
import type { UsageEntry, UsageStore } from '../usage/usage.ts'

/** Usage in the service's own schema. A user who was erased is named in no row, also where the call ended later. */
export function postgresUsage(db: Db): UsageStore {
  return {
    async add(entries) {
      if (entries.length > 0) await db.execute(insertion(entries.map(rowOf)))
    },
    async tokensOf(userId, day) {
      const [row] = await db
        .select({ tokens: usageDays.tokens })
        .from(usageDays)
        .where(and(eq(usageDays.userId, userId), eq(usageDays.day, day)))
      return row?.tokens ?? 0
    },
    forget: (userId) => db.transaction((tx) => forgetUsage(tx, userId)),
    async disown() {
      const erased = db
        .select({ subject: subjectKeys.subject })
        .from(subjectKeys)
        .where(sql`${subjectKeys.wrappedKey} is null`)
      await db
        .update(usage)
        .set({ userId: null })
        .where(sql`${usage.userId} in ${erased}`)
      await db.delete(usageDays).where(sql`${usageDays.userId} in ${erased}`)
    },
  }
}

/** Also part of the transaction that erases a user. */
export async function forgetUsage(tx: Db, userId: string): Promise<void> {
  await tx.update(usage).set({ userId: null }).where(eq(usage.userId, userId))
  await tx.delete(usageDays).where(eq(usageDays.userId, userId))
}

/** An entry under the names of its columns. */
export function rowOf(entry: UsageEntry): Record<string, unknown> {
  return {
    id: entry.id,
    user_id: entry.userId,
    day: entry.day,
    at: entry.at.toISOString(),
    feature: entry.feature,
    provider: entry.provider,
    model: entry.model,
    input_tokens: entry.inputTokens,
    cached_input_tokens: entry.cachedInputTokens,
    output_tokens: entry.outputTokens,
    cost_usd: entry.costUsd,
    status: entry.status,
    estimated: entry.estimated,
    sandbox: entry.sandbox,
    latency_ms: entry.latencyMs,
  }
}

/** One statement, so that a row and its place in the day's sum are stored together or not at all, and once. */
export function insertion(rows: readonly Record<string, unknown>[]) {
  return sql`
    with given as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given(
        id uuid, user_id text, day date, at timestamptz, feature text, provider text, model text, input_tokens int,
        cached_input_tokens int, output_tokens int, cost_usd float8, status text, estimated bool, sandbox bool, latency_ms int)
    ), stored as (
      insert into ${usage} (id, user_id, day, at, feature, provider, model, input_tokens, cached_input_tokens,
        output_tokens, cost_usd, status, estimated, sandbox, latency_ms)
      select given.id, case when erased.subject is null then given.user_id end, day, at, feature, provider, model,
        input_tokens, cached_input_tokens, output_tokens, cost_usd, status, estimated, sandbox, latency_ms
      from given left join ${subjectKeys} erased on erased.subject = given.user_id and erased.wrapped_key is null
      on conflict (id) do nothing
      returning user_id, day, input_tokens::bigint + output_tokens as tokens
    )
    insert into ${usageDays} as known (user_id, day, tokens)
    select user_id, day, sum(tokens) from stored where user_id is not null group by user_id, day order by user_id, day
    on conflict (user_id, day) do update set tokens = known.tokens + excluded.tokens`
}
