import { createVault } from '@concord/vault/vault'
import { parseKeyRing } from '@concord/vault/key-ring'
import { subjectKeysTable } from '@concord/vault/tables'
import { openDatabase } from '@concord/database/database'
import { pgSchema } from '@concord/database/tables'
import type { Client } from 'pg'

/** Whose copies can be read: their questions are sealed anew, so that their lists can be asked for. */
export type Reader = { owner: string; vaultKeys: string; databaseUrl: string }

const templates = 20
const others = 1_000
/** The reader has every tenth query. */
const readerShare = 10
const batch = 2_000

/**
 * Stores queries until there are `count`, as copies of the ended ones with ids, owners and times of their own: queries, turns of both
 * services, events, ballots and inbox rows. Of sealed texts, which nobody can open in another row, a copy keeps the first 200
 * characters; the reader's questions are sealed anew. The planner's figures are brought up to date.
 */
export async function fillQueries(client: Client, count: number, reader: Reader): Promise<void> {
  await client.query(preparation)
  const stored = await client.query<{ stored: number }>('select count(*)::int as stored from consensus.queries')
  const missing = count - (stored.rows[0]?.stored ?? 0)
  if (missing > 0) {
    const made = await client.query<{ last: number }>('select coalesce(max(i), 0)::int as last from bench.copies')
    const last = made.rows[0]?.last ?? 0
    await client.query(newCopies, [last + 1, last + missing, reader.owner, templates, others, readerShare])
    for (const { table, where, fresh } of copied)
      await client.query(await copyStatement(client, table, where, fresh), [last])
    for (const statement of inboxes) await client.query(statement, [last])
    await sealQuestions(client, reader, last)
  }
  await client.query('vacuum analyze')
}

const preparation = `
  create schema if not exists bench;
  create table if not exists bench.copies (i int primary key, original text, id text, owner text, at timestamptz)`

/** Ids like those of a UUIDv7, whose first twelve digits are the milliseconds of their time. */
const newCopies = `
  insert into bench.copies
  select i, originals.id,
    'qry_' || lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '7' || substr(md5('q' || i), 1, 19),
    case when i % $6 = 0 then $3 else 'usr_' || md5('u' || i % $5) end, at
  from generate_series($1::int, $2::int) as i
  cross join lateral (select now() - interval '90 days' + i * interval '70 seconds' as at) as times
  join (select id, row_number() over (order by id) - 1 as place from consensus.queries
        where completed_at is not null and id not in (select id from bench.copies) order by id limit $4) as originals
    on originals.place = i % least($4, (select count(*) from consensus.queries where completed_at is not null
      and id not in (select id from bench.copies)))`

const copied = [
  {
    table: 'consensus.queries',
    where: 'id',
    fresh: {
      id: 'c.id',
      owner: 'c.owner',
      day: '(c.at)::date',
      created_at: 'c.at',
      completed_at: `c.at + interval '9 seconds'`,
    },
  },
  {
    table: 'consensus.turns',
    where: 'query_id',
    fresh: { id: `'trn_' || md5(o.id || c.i)`, query_id: 'c.id', requested_at: 'c.at' },
  },
  { table: 'consensus.events', where: 'query_id', fresh: { query_id: 'c.id', at: 'c.at' } },
  { table: 'consensus.past_ballots', where: 'query_id', fresh: { query_id: 'c.id', graded_on: '(c.at)::date' } },
  {
    table: 'inference.turns',
    where: 'query_id',
    fresh: {
      id: `'trn_' || md5(o.id || c.i)`,
      query_id: 'c.id',
      user_id: 'c.owner',
      created_at: 'c.at',
      finished_at: `c.at + interval '2 seconds'`,
    },
  },
]

async function copyStatement(
  client: Client,
  table: string,
  where: string,
  fresh: Record<string, string>,
): Promise<string> {
  const columns = await client.query<{ name: string }>(
    `select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  )
  const names = columns.rows.map(({ name }) => name)
  return `insert into ${table} (${names.map((name) => `"${name}"`).join(', ')})
    select ${names.map((name) => fresh[name] ?? (name.startsWith('sealed_') ? `left(o."${name}", 200)` : `o."${name}"`)).join(', ')}
    from bench.copies c join ${table} o on o.${where} = c.original where c.i > $1 order by c.i`
}

/** A query has some 20 messages at the one service and 9 at the other; their ids grow with time, as real ones do. */
const inboxes = [
  ['consensus.inbox', 'consensus-orchestrator.turn.completed.v1', 20],
  ['inference.inbox', 'ai-inference.turn.requested.v1', 9],
].map(
  ([table, handler, messages]) => `insert into ${table} (handler, message_id, created_at)
   select '${handler}', (substr(c.id, 5, 17) || substr(md5(n::text || c.i), 1, 15))::uuid, c.at
   from bench.copies c, generate_series(1, ${messages}) as n where c.i > $1 order by c.i`,
)

async function sealQuestions(client: Client, { owner, vaultKeys, databaseUrl }: Reader, last: number): Promise<void> {
  const ring = parseKeyRing(vaultKeys)
  const vault = createVault({ ring, keys: subjectKeysTable(pgSchema('consensus')) })
  const database = openDatabase({ url: databaseUrl, applicationName: 'bench', poolMax: 1 })
  const { rows } = await client.query<{ id: string; answered: boolean }>(
    `select q.id, q.sealed_answer is not null as answered from consensus.queries q join bench.copies c on c.id = q.id
     where c.i > $1 and c.owner = $2`,
    [last, owner],
  )
  const seal = (id: string, field: string, text: string): Promise<string> =>
    vault.encrypt(database.db, { subject: owner, aad: `queries|${id}|${field}`, text })
  for (let from = 0; from < rows.length; from += batch) {
    const sealed: { id: string; question: string; answer: string | null }[] = []
    for (const { id, answered } of rows.slice(from, from + batch)) {
      const question = await seal(id, 'question', JSON.stringify({ question: 'What is 6 * 7?', choices: null }))
      sealed.push({ id, question, answer: answered ? await seal(id, 'answer', '42') : null })
    }
    await client.query(
      `update consensus.queries q set sealed_question = s.question, sealed_answer = s.answer
       from jsonb_to_recordset($1::jsonb) as s(id text, question text, answer text) where q.id = s.id`,
      [JSON.stringify(sealed)],
    )
  }
  await database.close()
}
