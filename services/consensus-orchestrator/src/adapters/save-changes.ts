import type { DurableEvent } from '@concord/contracts/live-events'
import { DurableEvent as DurableEventSchema } from '@concord/contracts/live-events'
import type { Db } from '@concord/database/database'
import type { OutboxRow } from '@concord/messaging/outbox'
import { AppError } from '@concord/service-kit/errors'
import type { Vault } from '@concord/vault/vault'
import { VaultError } from '@concord/vault/vault-error'
import { and, eq, inArray, sql } from '@concord/database/sql'
import type { WithSubquery } from '@concord/database/sql'
import { pastBallots } from '../db/learning-schema.ts'
import { dailyUsage, events, outbox, queries, turns } from '../db/schema.ts'
import type { Changes, EventBody, Query } from '../ports.ts'
import { messagesOf, submittedMessage } from './messages.ts'
import { boundTo, sealedQuestionOf } from './query-rows.ts'

/** Stores the query with event 1 and the message that sets the deliberation going. */
export async function insertQuery(tx: Db, vault: Vault, query: Query, started: EventBody): Promise<DurableEvent[]> {
  const { question: _question, answer: _answer, settings, panel, waiting, ...plain } = query
  const { choices: _choices, ...plainSettings } = settings
  const sealedQuestion = await sealQuestion(tx, vault, query)
  const durable = number(query, [started], query.createdAt)
  const eventValues = await eventRows(tx, vault, query, durable)
  const queryValues = {
    ...plain,
    seq: 1,
    sealedQuestion,
    settings: plainSettings,
    panel: [...panel],
    waiting: [...waiting],
  }
  const row = tx.$with('query').as(tx.insert(queries).values(queryValues).returning({ id: queries.id }))
  const event = tx.$with('event').as(tx.insert(events).values(eventValues).returning({ seq: events.seq }))
  await tx.with(row, event).insert(outbox).values(submittedMessage(query))
  return durable
}

/** A token outlives its erased account by some minutes, and must not bring it back. */
async function sealQuestion(tx: Db, vault: Vault, query: Query): Promise<string> {
  const question = { subject: query.owner, aad: boundTo.question(query.id), text: sealedQuestionOf(query) }
  return vault.encrypt(tx, question).catch((cause: unknown) => {
    if (cause instanceof VaultError && cause.code === 'forgotten')
      throw new AppError('forbidden', 'the account has been erased', { cause })
    throw cause
  })
}

/** Writes a step in one statement: round trips are what a deliberation's overhead is made of. */
export async function saveChanges(
  tx: Db,
  vault: Vault,
  query: Query,
  changes: Changes,
  now: Date,
): Promise<{ events: DurableEvent[]; announced: boolean }> {
  const durable = number(query, changes.events, now)
  const after = { ...query, ...changes.query }
  const parts: WithSubquery[] = []

  if (changes.turn) parts.push(await turnChange(tx, vault, query, changes.turn))
  if (changes.ballots) {
    const row = { ...changes.ballots, ballots: [...changes.ballots.ballots] }
    parts.push(tx.$with('ballots').as(tx.insert(pastBallots).values(row).returning({ id: pastBallots.queryId })))
  }
  if (changes.dropped && changes.dropped.ids.length > 0) parts.push(drop(tx, changes.dropped, now))
  if (changes.newTurns.length > 0) {
    const rows = changes.newTurns.map(({ prompt: _prompt, ...turn }) => ({
      ...turn,
      queryId: query.id,
      status: 'requested' as const,
      requestedAt: now,
    }))
    parts.push(tx.$with('new_turns').as(tx.insert(turns).values(rows).returning({ id: turns.id })))
  }
  if (durable.length > 0) {
    const rows = await eventRows(tx, vault, query, durable)
    parts.push(tx.$with('new_events').as(tx.insert(events).values(rows).returning({ seq: events.seq })))
  }
  const messages: OutboxRow[] = messagesOf(vault, query, changes)
  if (messages.length > 0)
    parts.push(tx.$with('messages').as(tx.insert(outbox).values(messages).returning({ id: outbox.id })))
  if (query.status === 'processing' && after.status !== 'processing') parts.push(settle(tx, after))

  const { answer, waiting, ...plain } = changes.query
  const sealedAnswer = answer
    ? await vault.encrypt(tx, { subject: query.owner, aad: boundTo.answer(query.id), text: answer })
    : undefined
  await tx
    .with(...parts)
    .update(queries)
    .set({
      ...plain,
      seq: query.seq + durable.length,
      ...(waiting === undefined ? {} : { waiting: [...waiting] }),
      ...(sealedAnswer === undefined ? {} : { sealedAnswer }),
    })
    .where(eq(queries.id, query.id))
  return { events: durable, announced: messages.length > 0 }
}

async function turnChange(
  tx: Db,
  vault: Vault,
  query: Query,
  { id, change }: NonNullable<Changes['turn']>,
): Promise<WithSubquery> {
  const { output, failureDetail, ...plain } = change
  const sealedResult =
    output === undefined && failureDetail === undefined
      ? undefined
      : await vault.encrypt(tx, {
          subject: query.owner,
          aad: boundTo.result(id),
          text: JSON.stringify({ output: output ?? null, detail: failureDetail ?? null }),
        })
  return tx.$with('turn').as(
    tx
      .update(turns)
      .set({ ...plain, ...(sealedResult === undefined ? {} : { sealedResult }) })
      .where(eq(turns.id, id))
      .returning({ id: turns.id }),
  )
}

function drop(tx: Db, { ids, status, failureReason }: NonNullable<Changes['dropped']>, now: Date): WithSubquery {
  return tx.$with('dropped').as(
    tx
      .update(turns)
      .set({ status, failureReason, completedAt: now })
      .where(inArray(turns.id, [...ids]))
      .returning({ id: turns.id }),
  )
}

/** What an ended query adds to its day: its tokens, and where it failed its place. */
function settle(tx: Db, { owner, day, status, inputTokens, outputTokens }: Query): WithSubquery {
  const given = status === 'failed' ? 1 : 0
  return tx.$with('settled').as(
    tx
      .update(dailyUsage)
      .set({
        tokens: sql`${dailyUsage.tokens} + ${inputTokens + outputTokens}`,
        count: sql`greatest(${dailyUsage.count} - ${given}::int, 0)`,
      })
      .where(and(eq(dailyUsage.owner, owner), eq(dailyUsage.day, day)))
      .returning({ count: dailyUsage.count }),
  )
}

function number(query: Query, bodies: readonly EventBody[], now: Date): DurableEvent[] {
  const at = now.toISOString()
  return bodies.map((body, index) =>
    DurableEventSchema.parse({ ...body, query_id: query.id, seq: query.seq + index + 1, at }),
  )
}

/** One after the other: the first may have to fetch the owner's key on this same connection. */
async function eventRows(tx: Db, vault: Vault, { id: queryId, owner }: Query, durable: readonly DurableEvent[]) {
  const rows: (typeof events.$inferInsert)[] = []
  for (const { type, seq, at, data } of durable) {
    const text = JSON.stringify(data)
    const sealedData = await vault.encrypt(tx, { subject: owner, aad: boundTo.event(queryId, seq), text })
    rows.push({ queryId, type, seq, at: new Date(at), sealedData })
  }
  return rows
}
