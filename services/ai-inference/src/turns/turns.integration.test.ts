import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { userErased } from '@concord/contracts/events'
import { OpeningAnswer } from '@concord/contracts/turns'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { patiently } from '@concord/testing/patience'
import { eq, sql } from '@concord/database/sql'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { aCancellation, aPrompt, aTurnRequest, anId } from '../../test/builders.ts'
import { emulatedProviders } from '../../test/emulated-providers.ts'
import { inferenceMesh, migrations } from '../../test/inference-mesh.ts'
import type { InferenceMesh } from '../../test/inference-mesh.ts'
import { cancellations, turns } from '../db/schema.ts'
import { formOf } from './answer-form.ts'
import { readableText } from './readable-text.ts'

describe.each(engines)('turns on the $name adapters', ({ open }) => {
  let engine: Engine
  let providers: Awaited<ReturnType<typeof emulatedProviders>>
  let mesh: InferenceMesh

  beforeAll(async () => {
    engine = await open({ migrations })
    providers = await emulatedProviders()
    mesh = await inferenceMesh({ engine, providers })
    await mesh.start()
  })
  afterEach(async () => {
    await providers.heal()
    await providers.clear()
  })
  afterAll(async () => {
    await mesh?.close()
    await providers?.close()
    await engine?.close()
  })

  const request = async (changes: Parameters<typeof aTurnRequest>[1] = {}) => {
    const event = aTurnRequest(mesh.vault.seal, changes)
    await mesh.publish(event)
    return event
  }
  const inMs = (ms: number) => new Date(Date.now() + ms).toISOString()
  const rowOf = async (turnId: string) => {
    const [row] = await mesh.database.db.select().from(turns).where(eq(turns.id, turnId))
    return row
  }

  test.each(['gpt5', 'claude', 'gemini', 'grok'])('%s answers an opening turn in its form', async (model) => {
    const { data } = await request({ model })

    const result = await mesh.resultOf(data.turn_id)

    if (result.type !== 'turn.completed.v1') throw new Error(`failed: ${result.data.reason} ${result.data.detail}`)
    expect(result.data).toMatchObject({ model, sandbox: true, salvaged: false, attempts: 1, purpose: 'opening' })
    expect(result.data.cost_usd).toBeGreaterThan(0)
    expect(formOf('opening')?.schema.safeParse(mesh.open(result).json).success).toBe(true)
    expect(mesh.starts(data.turn_id)).toMatchObject([{ data: { attempt: 1 } }])
  })

  test('hands in the vectors of an opening’s claims, and counts what they cost', async () => {
    const { data } = await request({ model: 'claude' })

    const result = await mesh.resultOf(data.turn_id)

    if (result.type !== 'turn.completed.v1') throw new Error('failed')
    const { json, claim_vectors: packed } = mesh.open(result)
    const claims = OpeningAnswer.parse(json).claims.length
    expect(claims).toBeGreaterThan(2)
    expect(packed?.model).toBe('text-embedding-3-small')
    expect(packed?.vectors.map((vector) => Buffer.from(vector, 'base64').length)).toEqual(
      Array.from({ length: claims }, () => 256),
    )
    const [inEvent, stored] = [result.data, await rowOf(data.turn_id)]
    expect(stored).toMatchObject({ inputTokens: inEvent.input_tokens, costUsd: inEvent.cost_usd })
    expect(JSON.stringify([result, stored])).not.toContain(packed?.vectors[0])
  })

  test.each([{ kind: 'hang' }, { kind: 'server_error', status: 500 }, { kind: 'refuse' }, { kind: 'garbled' }])(
    'answers without vectors where their provider fails: $kind',
    async (fault) => {
      await providers.fail({ purpose: 'embedding', fault })
      const { data } = await request({ model: 'claude' })

      const result = await mesh.resultOf(data.turn_id)

      if (result.type !== 'turn.completed.v1') throw new Error(`failed: ${result.data.reason}`)
      expect(result.data.attempts).toBe(1)
      expect(mesh.open(result).claim_vectors).toBeUndefined()
    },
  )

  test('keeps neither question nor answer in the clear', async () => {
    const { data } = await request({ prompt: aPrompt('opening') })
    const result = await mesh.resultOf(data.turn_id)
    if (result.type !== 'turn.completed.v1') throw new Error('failed')

    const row = JSON.stringify(await rowOf(data.turn_id))

    const { text } = mesh.open(result)
    expect(row).not.toContain(text.slice(2, 30))
    expect(row).not.toContain('four-day')
  })

  test.each(['opening', 'vote', 'debate', 'synthesis'] as const)(
    'shows the reasoning of a %s while it comes',
    async (purpose) => {
      const queryId = anId('qry')
      const pieces = await mesh.watchLive(queryId)

      const { data } = await request({ query_id: queryId, purpose })
      const result = await mesh.resultOf(data.turn_id)

      if (result.type !== 'turn.completed.v1') throw new Error(`failed: ${result.data.reason}`)
      await vi.waitFor(
        () =>
          expect(pieces.map((piece) => piece.data.text).join('')).toBe(readableText(purpose, mesh.open(result).text)),
        patiently,
      )
      expect(new Set(pieces.map(({ type }) => type))).toEqual(
        new Set([purpose === 'synthesis' ? 'synthesis_delta' : 'model_delta']),
      )
    },
  )

  test('asks once for a message that is delivered twice, at once and later', async () => {
    const event = aTurnRequest(mesh.vault.seal)

    await mesh.publish(event)
    await mesh.publish(event)
    await mesh.resultOf(event.data.turn_id)
    await mesh.publish(event)
    const last = await request()
    await mesh.resultOf(last.data.turn_id)

    expect(mesh.results(event.data.turn_id)).toHaveLength(1)
    expect(await providers.answers()).toHaveLength(2)
  })

  test('tells the stored result again to a new request of a finished turn, without a call', async () => {
    const first = await request()
    const result = await mesh.resultOf(first.data.turn_id)
    await providers.clear()

    await request(first.data)
    await vi.waitFor(() => expect(mesh.results(first.data.turn_id)).toHaveLength(2), patiently)

    const [, again] = mesh.results(first.data.turn_id)
    if (result.type !== 'turn.completed.v1' || again?.type !== 'turn.completed.v1') throw new Error('failed')
    expect(mesh.open(again)).toEqual(mesh.open(result))
    expect(await providers.answers()).toEqual([])
  })

  test('answers after two 429s as if nothing had been', async () => {
    await providers.fail({ times: 2, fault: { kind: 'rate_limit', retry_after_s: 0.1 } })

    const { data } = await request()

    expect(await mesh.resultOf(data.turn_id)).toMatchObject({ type: 'turn.completed.v1', data: { attempts: 3 } })
  })

  test.each(['missing_brace', 'trailing_text', 'markdown_fences'])('mends broken JSON: %s', async (how) => {
    await providers.fail({ fault: { kind: 'malformed_json', how } })

    const { data } = await request()

    expect(await mesh.resultOf(data.turn_id)).toMatchObject({
      type: 'turn.completed.v1',
      data: { salvaged: true, attempts: 1 },
    })
  })

  test('asks once more for an answer that cannot be mended', async () => {
    await providers.fail({ times: 1, fault: { kind: 'wrong_schema' } })

    const { data } = await request({ model: 'claude' })

    expect(await mesh.resultOf(data.turn_id)).toMatchObject({
      type: 'turn.completed.v1',
      data: { salvaged: true, attempts: 2 },
    })
  })

  test.each([
    ['wrong schema', { kind: 'wrong_schema' }, 'malformed_output', 2],
    ['a cut stream', { kind: 'cut', after_chunks: 2 }, 'stream_cut', 3],
    ['a server error', { kind: 'server_error', status: 500 }, 'upstream_error', 3],
    ['a refused connection', { kind: 'refuse' }, 'refused_connection', 3],
    ['a refusal', { kind: 'refusal' }, 'refused_content', 1],
  ])('names the reason when all there is is %s', async (_what, fault, reason, attempts) => {
    await providers.fail({ provider: 'gemini', fault })

    const { data } = await request({ model: 'gemini' })

    expect(await mesh.resultOf(data.turn_id)).toMatchObject({ type: 'turn.failed.v1', data: { reason, attempts } })
  })

  test.each(['gpt5', 'claude', 'gemini', 'grok'])(
    'cuts a %s that hangs, asks again, and fails the turn in the end',
    async (model) => {
      await providers.fail({ fault: { kind: 'hang' } })

      const { data } = await request({ model, deadline_at: inMs(4_000) })
      const result = await mesh.resultOf(data.turn_id)

      expect(result).toMatchObject({ type: 'turn.failed.v1', data: { reason: 'timed_out', attempts: 2 } })
    },
  )

  test('fails without a call what has no model, or no time left', async () => {
    const nobody = await request({ model: 'nobody' })
    const late = await request({ deadline_at: inMs(-1_000) })

    expect(await mesh.resultOf(nobody.data.turn_id)).toMatchObject({ data: { reason: 'unconfigured', attempts: 0 } })
    expect(await mesh.resultOf(late.data.turn_id)).toMatchObject({ data: { reason: 'timed_out', attempts: 0 } })
    expect(await providers.answers()).toEqual([])
  })

  test('makes a dead letter of a prompt that cannot be opened', async () => {
    const event = await request({ sealed_prompt: 'not sealed by us' })

    await vi.waitFor(
      async () => expect((await mesh.bus.deadLetters.list()).map(({ id }) => id)).toContain(event.id),
      patiently,
    )
  })

  test('ends a running call when its query is cancelled', async () => {
    await providers.fail({ fault: { kind: 'hang', after_chunks: 2 } })
    const { data } = await request({ model: 'grok' })
    await mesh.started(data.turn_id)
    await vi.waitFor(async () => expect(await providers.answers()).toHaveLength(1), patiently)

    await mesh.publish(aCancellation({ query_id: data.query_id, user_id: data.user_id }))

    expect(await mesh.resultOf(data.turn_id)).toMatchObject({ type: 'turn.failed.v1', data: { reason: 'cancelled' } })
    await vi.waitFor(async () => expect(await providers.answers()).toMatchObject([{ outcome: 'aborted' }]), patiently)
  })

  test('ends only the turns that are named', async () => {
    await providers.fail({ provider: 'xai', fault: { kind: 'hang' } })
    const { data } = await request({ model: 'grok' })
    const other = await request({ model: 'gpt5', query_id: data.query_id })
    await mesh.started(data.turn_id)

    await mesh.publish(aCancellation({ query_id: data.query_id, user_id: data.user_id, turn_ids: [data.turn_id] }))

    expect(await mesh.resultOf(data.turn_id)).toMatchObject({ data: { reason: 'cancelled' } })
    expect(await mesh.resultOf(other.data.turn_id)).toMatchObject({ type: 'turn.completed.v1' })
  })

  test('does not begin what was cancelled before, and nothing else is held up', async () => {
    const queryId = anId('qry')
    const cancellation = aCancellation({ query_id: queryId, user_id: anId('usr') })
    await mesh.publish(cancellation)
    await vi.waitFor(async () => {
      const found = await mesh.database.db.execute(sql`select from inference.cancellations where query_id = ${queryId}`)
      expect(found.rowCount).toBe(1)
    }, patiently)

    const { data } = await request({ query_id: queryId })
    const other = await request()

    expect(await mesh.resultOf(data.turn_id)).toMatchObject({ data: { reason: 'cancelled', attempts: 0 } })
    expect(await mesh.resultOf(other.data.turn_id)).toMatchObject({ type: 'turn.completed.v1' })
    expect(await providers.answers()).toHaveLength(1)
  })

  test('can read nothing of a user who was erased', async () => {
    const { data } = await request()
    await mesh.resultOf(data.turn_id)
    const erasure = userErased.schema.parse({
      id: crypto.randomUUID(),
      type: userErased.type,
      source: 'auth',
      time: new Date().toISOString(),
      correlation_id: data.user_id,
      data: { user_id: data.user_id },
    })

    await mesh.publish(erasure)
    await vi.waitFor(async () => {
      const keys = await mesh.database.db.execute(
        sql`select from inference.subject_keys where subject = ${data.user_id} and wrapped_key is null`,
      )
      expect(keys.rowCount).toBe(1)
    }, patiently)

    const row = await rowOf(data.turn_id)
    const opened = mesh.vault.decrypt(mesh.database.db, {
      subject: data.user_id,
      aad: `turns|${data.turn_id}|output`,
      sealed: row?.sealedOutput ?? '',
    })
    await expect(opened).rejects.toMatchObject({ code: 'forgotten' })
  })
})

describe.each(engines)('replicas on the $name adapters', ({ open }) => {
  let engine: Engine
  let providers: Awaited<ReturnType<typeof emulatedProviders>>
  let mesh: InferenceMesh

  beforeAll(async () => {
    engine = await open({ migrations })
    providers = await emulatedProviders()
  })
  afterEach(async () => {
    await mesh.close()
    await providers.heal()
    await providers.clear()
  })
  afterAll(async () => {
    await providers?.close()
    await engine?.close()
  })

  async function runningTurn() {
    await providers.fail({ times: 1, fault: { kind: 'hang', after_chunks: 2 } })
    const event = aTurnRequest(mesh.vault.seal)
    await mesh.publish(event)
    await mesh.started(event.data.turn_id)
    await vi.waitFor(async () => expect(await providers.answers()).toHaveLength(1), patiently)
    return event
  }

  test('a killed process loses no turn: it is asked again and stored once', async () => {
    mesh = await inferenceMesh({ engine, providers })
    const script = fileURLToPath(new URL('../../test/replica.ts', import.meta.url))
    const execArgv = ['--conditions=@concord/source']
    const child = fork(script, { env: { ...process.env, ...mesh.environment }, execArgv })
    await once(child, 'message')
    const { data } = await runningTurn()

    child.kill('SIGKILL')
    await once(child, 'exit')
    await mesh.start()

    expect(await mesh.resultOf(data.turn_id)).toMatchObject({ type: 'turn.completed.v1' })
    expect(mesh.starts(data.turn_id)).toMatchObject([{ data: { attempt: 1 } }, { data: { attempt: 21 } }])
    expect(mesh.results(data.turn_id)).toHaveLength(1)
  })

  test('a process that closes hands its turns to another', async () => {
    mesh = await inferenceMesh({ engine, providers })
    const first = await mesh.start()
    const { data } = await runningTurn()

    const closing = first.close()
    await mesh.start()
    await closing

    expect(await mesh.resultOf(data.turn_id)).toMatchObject({ type: 'turn.completed.v1' })
  })

  test.each([
    ['stores its result', 'completed'],
    ['dies', 'running'],
  ] as const)('a turn that a process elsewhere holds is waited for until that process %s', async (_what, state) => {
    mesh = await inferenceMesh({ engine, providers })
    await mesh.start()
    const event = aTurnRequest(mesh.vault.seal)
    const { turn_id: id, query_id: queryId, user_id: userId, model, round, purpose } = event.data
    const elsewhere = { leaseOwner: 'another-host:1:x', leaseUntil: new Date(Date.now() + 2_000) }
    const deadlineAt = new Date(event.data.deadline_at)
    await mesh.database.db
      .insert(turns)
      .values({ id, queryId, userId, model, round, purpose, deadlineAt, ...elsewhere })

    await mesh.publish(event)
    await new Promise((resolve) => setTimeout(resolve, 1_000))
    expect(await providers.answers()).toEqual([])
    await mesh.database.db.update(turns).set({ state, failure: 'upstream_error' }).where(eq(turns.id, id))

    const result = await mesh.resultOf(id)
    expect(result.type).toBe(state === 'running' ? 'turn.completed.v1' : 'turn.failed.v1')
    expect(await providers.answers()).toHaveLength(state === 'running' ? 1 : 0)
  })

  test('a cancellation reaches the replica that runs the turn, whichever takes the message', async () => {
    mesh = await inferenceMesh({ engine, providers })
    await Promise.all([mesh.start(), mesh.start()])

    for (let turn = 0; turn < 4; turn += 1) {
      await providers.clear()
      const { data } = await runningTurn()
      await mesh.publish(aCancellation({ query_id: data.query_id, user_id: data.user_id }))

      expect(await mesh.resultOf(data.turn_id)).toMatchObject({ data: { reason: 'cancelled' } })
    }
  })

  test('a cancellation of which no live message comes is heeded all the same', async () => {
    mesh = await inferenceMesh({ engine, providers })
    await mesh.start()
    const { data } = await runningTurn()

    await mesh.database.db.insert(cancellations).values({ queryId: data.query_id, turnId: '' })

    expect(await mesh.resultOf(data.turn_id)).toMatchObject({ data: { reason: 'cancelled' } })
  })
})
