import type { Db } from '@concord/database/database'
import { preparedSql } from '@concord/database/prepared'
import type { OutboxRow } from '@concord/messaging/outbox'
import { sql } from '@concord/database/sql'
import { inbox, outbox, turns } from '../db/schema.ts'
import type { columnsOf } from './stored-turn.ts'

type Stored = {
  id: string
  columns: ReturnType<typeof columnsOf>
  sealedOutput: string | null
  /** Leaves only where the turn had no result yet. */
  told: OutboxRow
  /** The message that asked for the turn. */
  seen: { id: string; handler: string }
}

/** One statement, and so one transaction: the result, its event, and that its message was handled. */
export async function storeResult(db: Db, { id, columns, sealedOutput, told, seen }: Stored): Promise<void> {
  const none = { providerModel: null, salvaged: false, latencyMs: null, failure: null, detail: null }
  await storing(db, {
    ...none,
    ...columns,
    id,
    sealedOutput,
    message: told.id,
    type: told.type,
    body: told.body,
    traceparent: told.traceparent ?? null,
    handler: seen.handler,
    seen: seen.id,
  })
}

const of = sql.placeholder
const storing = preparedSql(sql`
  with finished as (
    update ${turns} set state = ${of('state')}, sealed_output = ${of('sealedOutput')}, provider_model = ${of('providerModel')},
      sandbox = ${of('sandbox')}, salvaged = ${of('salvaged')}, failure = ${of('failure')}, detail = ${of('detail')},
      attempts = ${of('attempts')}, input_tokens = ${of('inputTokens')}, output_tokens = ${of('outputTokens')},
      cost_usd = ${of('costUsd')}, latency_ms = ${of('latencyMs')}, finished_at = now()
    where id = ${of('id')} and state = 'running'
    returning id
  ), seen as (
    insert into ${inbox} (handler, message_id) values (${of('handler')}, ${of('seen')}) on conflict do nothing
  )
  insert into ${outbox} (id, type, body, traceparent)
  select ${of('message')}::uuid, ${of('type')}::text, ${of('body')}::text, ${of('traceparent')}::text from finished`)
