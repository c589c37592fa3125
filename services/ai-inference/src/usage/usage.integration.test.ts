import { hostname } from 'node:os'
import { newOwner } from '@concord/messaging/process-liveness'
import { newId } from '@concord/service-kit/ids'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { patiently } from '@concord/testing/patience'
import { eq } from '@concord/database/sql'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { doorMesh } from '../../test/door-mesh.ts'
import type { DoorMesh } from '../../test/door-mesh.ts'
import { emulatedProviders } from '../../test/emulated-providers.ts'
import { migrations } from '../../test/inference-mesh.ts'
import { openCallStore } from '../adapters/open-call-store.ts'
import { postgresUsage } from '../adapters/postgres-usage.ts'
import { usage, usageDays } from '../db/schema.ts'
import { utcDay } from './usage.ts'
import type { UsageEntry } from './usage.ts'

/** No process has this number. */
const deadOwner = `${hostname()}:${2 ** 22 + 1}:${crypto.randomUUID()}`
const messages = [{ role: 'user' as const, content: 'What is 17 * 23?' }]

describe.each(engines)('usage on the $name adapters', ({ open }) => {
  let engine: Engine
  let providers: Awaited<ReturnType<typeof emulatedProviders>>
  let mesh: DoorMesh

  beforeAll(async () => {
    engine = await open({ migrations })
    providers = await emulatedProviders({ wrongRate: 0 })
    mesh = await doorMesh({ engine, providers, settings: { TOKENS_PER_DAY_FREE: '30' } })
  })
  afterEach(async () => {
    await providers.heal()
  })
  afterAll(async () => {
    await mesh?.close()
    await providers?.close()
    await engine?.close()
  })

  const anEntry = (changes: Partial<UsageEntry> = {}): UsageEntry => ({
    id: crypto.randomUUID(),
    userId: newId('usr'),
    day: '2026-11-21',
    at: new Date('2026-11-21T10:00:00Z'),
    feature: 'chat_completions',
    provider: 'openai',
    model: 'gpt5',
    inputTokens: 10,
    cachedInputTokens: 4,
    outputTokens: 5,
    costUsd: 0.0001,
    status: 'ok',
    estimated: false,
    sandbox: true,
    latencyMs: 12,
    ...changes,
  })
  const store = () => postgresUsage(mesh.platform.database.db)
  const rowsOf = (user: string) => mesh.platform.database.db.select().from(usage).where(eq(usage.userId, user))

  describe('the store', () => {
    test('keeps an entry as it is, and adds it to the day, once however often it is written', async () => {
      const entry = anEntry()
      const other = anEntry({ userId: entry.userId, inputTokens: 100 })
      await store().add([entry])
      await Promise.all([store().add([entry, other]), store().add([other, entry])])

      expect(await rowsOf(entry.userId)).toHaveLength(2)
      expect((await rowsOf(entry.userId)).find(({ id }) => id === entry.id)).toEqual(entry)
      expect(await store().tokensOf(entry.userId, entry.day)).toBe(15 + 105)
      expect(await store().tokensOf(entry.userId, '2026-11-22')).toBe(0)
    })

    test('stores neither row nor sum of a batch of which one cannot be stored', async () => {
      const entry = anEntry()

      await expect(store().add([entry, anEntry({ day: 'no day' })])).rejects.toBeInstanceOf(Error)

      expect(await rowsOf(entry.userId)).toEqual([])
      expect(await store().tokensOf(entry.userId, entry.day)).toBe(0)
    })
  })

  test('what a dead process had begun is written down once, as interrupted, and never in the place of a call that had ended', async () => {
    const { db } = mesh.platform.database
    const dead = openCallStore(db, { owner: deadOwner })
    const living = openCallStore(db, { owner: newOwner().name })
    const begun = anEntry({ status: 'interrupted', outputTokens: 2 })
    const over = anEntry({ userId: begun.userId })
    const running = anEntry({ status: 'interrupted' })
    await dead.keep([anEntry({ ...begun, outputTokens: 1 }), { ...over, status: 'interrupted' }])
    await dead.keep([begun])
    await living.keep([running])
    await store().add([over])

    await Promise.all([living.settle(), living.settle(), dead.settle()])

    const rows = await rowsOf(begun.userId)
    expect(rows.find(({ id }) => id === begun.id)).toEqual(begun)
    expect(rows.find(({ id }) => id === over.id)).toEqual(over)
    expect(await store().tokensOf(begun.userId, begun.day)).toBe(12 + 15)
    expect(await rowsOf(running.userId)).toEqual([])
    await living.drop([running.id])
  })

  test.each(['gpt5', 'claude', 'gemini', 'grok'])(
    '%s: a whole answer and its stream cost the same, exactly',
    async (model) => {
      const { openai, user } = await mesh.client()
      const { usage: told } = await openai.chat.completions.create({ model, messages })
      for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true })) void chunk

      const rows = await mesh.usageOf(user, 2)

      expect(rows).toHaveLength(2)
      for (const row of rows) {
        expect(row).toMatchObject({ model, status: 'ok', estimated: false, sandbox: true, day: utcDay(new Date()) })
        expect([row.inputTokens, row.outputTokens]).toEqual([told?.prompt_tokens, told?.completion_tokens])
        expect(row.costUsd).toBeGreaterThan(0)
      }
      expect(rows[0]?.costUsd).toBe(rows[1]?.costUsd)
    },
  )

  test('a stream that is cut is written down with what came of it; a refusal by the provider with nothing', async () => {
    const { openai, user, token } = await mesh.client()
    await providers.fail({ fault: { kind: 'cut', after_chunks: 4 } })
    await (await mesh.post(token, '/v1/chat/completions', { model: 'gpt5', messages, stream: true })).text()
    await providers.heal()
    await providers.fail({ fault: { kind: 'rate_limit', retry_after_s: 60 } })
    await openai.chat.completions.create({ model: 'gpt5', messages }).catch(() => {})

    const [cut, refused] = await mesh.usageOf(user, 2)

    expect(cut).toMatchObject({ status: 'failed', estimated: true })
    expect(cut?.outputTokens).toBeGreaterThan(0)
    expect(refused).toMatchObject({ status: 'failed', estimated: false, inputTokens: 0, outputTokens: 0, costUsd: 0 })
  })

  test('a plan’s tokens are spent at once, also by emulated models, and then nothing is asked any more', async () => {
    const { openai, user } = await mesh.client({ plan: 'free' })
    await openai.chat.completions.create({ model: 'gpt5', messages })
    await openai.chat.completions.create({ model: 'gpt5', messages })
    await providers.clear()
    const failure = await openai.chat.completions.create({ model: 'gpt5', messages }).catch((error: unknown) => error)

    expect(failure).toMatchObject({ status: 429, code: 'insufficient_quota', type: 'insufficient_quota' })
    expect(await providers.requests()).toEqual([])
    expect(await mesh.usageOf(user, 2)).toHaveLength(2)
    const { openai: richer } = await mesh.client({ user, plan: 'guardian' })
    expect(await richer.chat.completions.create({ model: 'gpt5', messages })).toHaveProperty('choices')
  })

  test('what another replica was asked counts as well', async () => {
    const user = newId('usr')
    await store().add([anEntry({ userId: user, day: utcDay(new Date()), inputTokens: 1_000 })])
    const { openai } = await mesh.client({ user, plan: 'free' })

    await expect(openai.chat.completions.create({ model: 'gpt5', messages })).rejects.toMatchObject({
      code: 'insufficient_quota',
    })
  })

  test('what an erased user spent stays without their name, also what is written later', async () => {
    const { openai, user } = await mesh.client()
    await openai.chat.completions.create({ model: 'gpt5', messages })
    const [row] = await mesh.usageOf(user, 1)
    await mesh.erase(user)
    await vi.waitFor(async () => expect(await rowsOf(user)).toEqual([]), patiently)
    const late = anEntry({ userId: user })
    await store().add([late])

    const { db } = mesh.platform.database
    for (const id of [row?.id ?? '', late.id]) {
      expect(await db.select().from(usage).where(eq(usage.id, id))).toMatchObject([{ userId: null, model: 'gpt5' }])
    }
    expect(await db.select().from(usageDays).where(eq(usageDays.userId, user))).toEqual([])
  })

  test('a graceful stop that has the time lets an answer under way come to its end', async () => {
    const own = await doorMesh({ engine, providers, settings: { STOP_GRACE_S: '120' } })
    const { openai, user } = await own.client()
    const asked = (await providers.requests()).length
    await providers.fail({ fault: { kind: 'latency', ms: 4_000 } })
    const answer = openai.chat.completions.create({ model: 'gpt5', messages })
    await vi.waitFor(async () => expect(await providers.requests()).toHaveLength(asked + 1), patiently)

    const [{ choices }] = await Promise.all([answer, own.stop()])

    expect(choices[0]?.finish_reason).toBe('stop')
    expect(await rowsOf(user)).toMatchObject([{ status: 'ok' }])
    await own.close()
  })

  test('a graceful stop loses nothing, and ends a stream with what it had', async () => {
    const own = await doorMesh({ engine, providers })
    const { openai, user } = await own.client()
    await openai.chat.completions.create({ model: 'gpt5', messages })
    await providers.fail({ fault: { kind: 'hang', after_chunks: 3 } })
    const stream = await openai.chat.completions.create({ model: 'gpt5', messages, stream: true })
    const reading = (async () => {
      for await (const chunk of stream) void chunk
    })()

    await Promise.all([expect(reading).rejects.toMatchObject({ error: { code: 'cancelled' } }), own.stop()])

    expect((await rowsOf(user)).map(({ status }) => status).toSorted()).toEqual(['failed', 'ok'])
    await own.close()
  })
})
