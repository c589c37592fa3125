import { openDatabase } from '@concord/database/database'
import { newId } from '@concord/service-kit/ids'
import type { Engine } from '@concord/testing/engines'
import { newKeyRing, parseKeyRing } from '@concord/vault/key-ring'
import { createVault } from '@concord/vault/vault'
import { sql } from '@concord/database/sql'
import { postgresReader } from '../src/adapters/postgres-reader.ts'
import { postgresTransaction } from '../src/adapters/postgres-transaction.ts'
import type { Anchor } from '../src/anchors/ports.ts'
import { subjectKeys } from '../src/db/schema.ts'
import { changeTurn, setQuery, startDraft } from '../src/deliberation/draft.ts'
import { complete } from '../src/deliberation/end.ts'
import { moveOn } from '../src/deliberation/move-on.ts'
import { learnedCache } from '../src/learning/learned.ts'
import type { Deps, InTransaction, Query, Transaction } from '../src/ports.ts'
import { aMoment, aQuery, someSettings } from './builders.ts'
import { panelOf } from './neighbours.ts'
import { openingOutput } from './outputs.ts'

const anchors: readonly Anchor[] = (['mathematics', 'science'] as const).flatMap((domain) =>
  Array.from({ length: 3 }, (_, index) => ({
    id: `${domain}-${index}`,
    domain,
    question: `What is ${index} plus 391 in ${domain}?`,
    answer_type: 'number' as const,
    choices: null,
    answer: String(391 + index),
  })),
)

const tools = { newId, newToken: () => 'f00dfeedf00dfeed', settings: { turnDeadlineMs: 40_000 } }
const tables = [
  'graded_counts',
  'reliabilities',
  'fitted_settings',
  'feedback',
  'past_ballots',
  'anchor_turns',
  'learning_tasks',
]

/** The learning's use cases on a database, with a clock of the test's own and nobody who asks. */
export function openLearning(engine: Engine) {
  const database = openDatabase({ url: engine.databaseUrl, applicationName: 'test' })
  const vault = createVault({ ring: parseKeyRing(newKeyRing()), keys: subjectKeys })
  const inTransaction = postgresTransaction({ database, vault, committed: () => undefined })
  const reader = postgresReader(database, vault)
  let now = aMoment

  const deps = {
    inTransaction,
    reader,
    anchors,
    panel: async () => panelOf('gpt5', 'claude', 'gemini', 'grok').map((model) => ({ ...model, state: 'ok' as const })),
    now: () => now,
    newId,
    newToken: tools.newToken,
    learned: learnedCache(
      async () => ({ reliabilities: [], fitted: [] }),
      () => now,
    ),
    measures: { ended() {}, stage() {}, dailyLimitRefused() {}, graded() {}, anchorEnded() {} },
    settings: {
      publicUrl: 'http://concord.test',
      turnDeadlineMs: 40_000,
      feedbackPerDay: 1_000,
      anchors: { perDay: 100, usdPerDay: 100, sandbox: false },
    },
  } satisfies Deps

  return {
    database,
    deps,
    setNow(next: Date) {
      now = next
    },
    async empty() {
      now = aMoment
      await database.db.execute(sql.raw(`truncate ${tables.map((table) => `consensus.${table}`).join(', ')}`))
      await database.db.execute(sql`delete from consensus.queries`)
    },
    /** Everything that learning has written. */
    async state() {
      const rows = tables.map(
        (table) => `(select coalesce(json_agg(t order by t::text), '[]') from consensus.${table} t) as ${table}`,
      )
      const found = await database.db.execute(sql.raw(`select ${rows.join(', ')}`))
      return JSON.parse(JSON.stringify(found.rows[0]))
    },
    /** Sums of grades by model and source. */
    async counts(source: 'feedback' | 'anchor' | 'agreement') {
      const found = await database.db.execute(sql`
        select model, sum("right") as right, sum(wrong) as wrong from consensus.graded_counts
        where source = ${source} group by model order by model`)
      const sums = found.rows.map((row): [string, [right: number, wrong: number]] => [
        String(row['model']),
        [round(row['right']), round(row['wrong'])],
      ])
      return Object.fromEntries(sums)
    },
    answered: (finals: readonly string[], { owner = newId('usr'), confidence = 0.9 } = {}) =>
      answered(inTransaction, finals, owner, confidence),
    close: () => database.close(),
  }
}

/** A closed question that the panel has answered, the first model with the first final. */
async function answered(
  inTransaction: InTransaction,
  finals: readonly string[],
  owner: string,
  confidence: number,
): Promise<Query> {
  const settings = someSettings({ answer_type: 'number' })
  const query = aQuery({ id: newId('qry'), owner, seq: 0, settings, sandbox: false })
  const { debate_rounds, consensus_threshold } = settings
  const started = {
    question: query.question,
    models: [],
    debate_rounds,
    consensus_threshold,
    deadline_at: query.deadlineAt.toISOString(),
  }
  await inTransaction((tx) => tx.insertQuery(query, { type: 'query_started', data: started }))
  const step = (work: (tx: Transaction, locked: Query) => Promise<void>) =>
    inTransaction(async (tx) => {
      const locked = await tx.lockQuery(query.id)
      if (locked) await work(tx, locked)
    })
  await step(async (tx, locked) => {
    const draft = startDraft(tools, aMoment, locked, [])
    moveOn(draft)
    await tx.save(locked, draft.changes, aMoment)
  })
  for (const [index, { name }] of query.panel.entries()) {
    await step(async (tx, locked) => {
      const draft = startDraft(tools, aMoment, locked, await tx.readTurns(locked))
      const turn = draft.turns.find(({ model }) => model === name)
      const output = openingOutput({ final: finals[index] ?? null, confidence })
      if (turn) changeTurn(draft, turn.id, { status: 'ok', settled: true, sandbox: false, output })
      await tx.save(locked, draft.changes, aMoment)
    })
  }
  await step(async (tx, locked) => {
    const draft = startDraft(tools, aMoment, locked, await tx.readTurns(locked))
    setQuery(draft, { waiting: [] })
    complete(draft, null)
    await tx.save(locked, draft.changes, aMoment)
  })
  return query
}

/** Runs the work again and again, dying one step later each time, until it gets through; gives how many steps it has. */
export async function dyingEverywhere(
  { deps, state }: Pick<ReturnType<typeof openLearning>, 'deps' | 'state'>,
  work: (inTransaction: InTransaction) => Promise<unknown>,
): Promise<number> {
  const before = await state()
  for (let step = 1; ; step++) {
    const died = await work(dyingAt(step, deps.inTransaction)).then(
      () => false,
      () => true,
    )
    if (!died) return step
    const after = await state()
    if (JSON.stringify(after) !== JSON.stringify(before)) throw new Error(`step ${step} left something half-written`)
  }
}

/** Breaks off in the middle of a transaction: its n-th step is the last, as if the process had died there. */
function dyingAt(step: number, inTransaction: InTransaction): InTransaction {
  let taken = 0
  return (work) =>
    inTransaction((tx) =>
      work(
        new Proxy(tx, {
          get(target, name, receiver) {
            const found: unknown = Reflect.get(target, name, receiver)
            if (typeof found !== 'function') return found
            return async (...input: unknown[]) => {
              const result: unknown = await found.apply(target, input)
              taken += 1
              if (taken === step) throw new Error('died')
              return result
            }
          },
        }),
      ),
    )
}

function round(value: unknown): number {
  return Math.round(Number(value) * 1_000) / 1_000
}
