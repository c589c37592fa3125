import { finalEventTypes } from '@concord/contracts/live-events'
import type { Engine, engines } from '@concord/testing/engines'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startNeighbours } from './neighbours.ts'
import type { Neighbours } from './neighbours.ts'
import { debateOutput, openingOutput, openOutput, synthesisOutput, votesOutput } from './outputs.ts'
import type { Reply, Script, Turn } from './scripted-models.ts'
import { aUser, eventually, listenLive, migrations, startCouncil, storedEvents } from './start-orchestrator.ts'

const closed = { query: 'What is 17 times 23?', answer_type: 'number' }
const open = { query: 'Why is the sky blue?', answer_type: 'open' }

/** What a deliberation promises from end to end, whatever it runs on. */
export function describeFlows({ name, open: openEngine }: (typeof engines)[number]) {
  describe(`a deliberation on the ${name} adapters`, () => {
    let engine: Engine
    let neighbours: Neighbours
    const opened: { close(): Promise<void> }[] = []

    beforeAll(async () => {
      neighbours = await startNeighbours()
      engine = await openEngine({ migrations })
    })
    afterEach(async () => {
      for (const council of opened.splice(0).toReversed()) await council.close()
    })
    afterAll(async () => {
      await engine.close()
      await neighbours.close()
    })

    async function council(script: Script, settings: Record<string, string> = {}) {
      const started = await startCouncil(engine, neighbours, script, settings)
      opened.push(started)
      return { ...started, user: await aUser(neighbours, started) }
    }

    test('a closed question on which all agree completes with one answer, unanimous and not degraded', async () => {
      const { user, models } = await council(agreeable)

      const results = await user.ended(await user.submit(closed))

      expect(results).toMatchObject({
        status: 'completed',
        answer_type: 'number',
        consensus: { answer: '391', outcome: 'unanimous', reached: true, rounds_used: 0 },
        metadata: { degraded: false, models_failed: [] },
      })
      expect(results.status === 'completed' && Object.keys(results.individual_responses)).toEqual([
        'gpt5',
        'claude',
        'gemini',
        'grok',
      ])
      expect(models.asked.map(({ purpose }) => purpose).toSorted()).toEqual([
        'opening',
        'opening',
        'opening',
        'opening',
        'synthesis',
      ])
    })

    test('an open question is voted on, and what is accepted becomes the summary', async () => {
      const { user } = await council(agreeable)

      const queryId = await user.submit(open)
      const results = await user.ended(queryId)
      const detail = (await user.send('GET', `/queries/${queryId}`)).json()

      expect(results).toMatchObject({
        status: 'completed',
        answer_type: 'open',
        consensus: { answer: null, reached: true },
      })
      const claims = results.status === 'completed' ? results.consensus.claims : []
      expect(claims.length).toBeGreaterThanOrEqual(3)
      expect(claims.every(({ verdict, votes }) => verdict === 'accepted' && votes.length === 4)).toBe(true)
      expect(detail.rounds[0].turns.map((turn: { purpose: string }) => turn.purpose)).toContain('vote')
    })

    test('a disagreement is debated, and the events of all rounds come without a gap, stored and live alike', async () => {
      const { user, platform, server } = await council(stubborn)

      const queryId = await user.submit({ ...closed, debate_rounds: 2 })
      const live = await listenLive({ platform }, queryId)
      await user.ended(queryId)
      const { events, ended, last_seq } = await storedEvents({ server }, neighbours, queryId)
      await live.stop()

      expect(ended).toBe(true)
      expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
      expect(last_seq).toBe(events.length)
      expect(events[0]?.type).toBe('query_started')
      expect(finalEventTypes).toContain(events.at(-1)?.type)
      expect(events.filter(({ type }) => type === 'round_started').length).toBeGreaterThan(1)
      expect(events.filter(({ type }) => type === 'round_started').length).toBe(
        events.filter(({ type }) => type === 'round_completed').length,
      )
      expect(events.filter(({ seq }) => live.heard.some((heard) => heard.seq === seq))).toEqual(
        live.heard.toSorted((a, b) => a.seq - b.seq),
      )
    })

    test('a model lost for good leaves the result degraded and is named with its reason', async () => {
      const { user } = await council(without('grok'))

      const results = await user.ended(await user.submit(closed))

      expect(results).toMatchObject({
        status: 'completed',
        consensus: { answer: '391' },
        metadata: { degraded: true, models_failed: [{ model: 'grok', reason: 'upstream_error' }] },
      })
    })

    test('three of four models lost fails the query with a reason, and the day’s count is back', async () => {
      const { user } = await council(without('claude', 'gemini', 'grok'))

      const results = await user.ended(await user.submit(closed))
      const stats = (await user.send('GET', '/user/stats')).json()

      expect(results).toMatchObject({ status: 'failed', error: { code: 'insufficient_quorum' } })
      expect(results).toMatchObject({ individual_responses: { gpt5: { status: 'ok' }, grok: { status: 'failed' } } })
      expect(stats).toMatchObject({ today: { queries_count: 0 }, total_queries: 1 })
    })

    test('a single model may decide alone', async () => {
      const { user } = await council(agreeable)

      const results = await user.ended(await user.submit({ ...closed, models: ['claude'] }))

      expect(results).toMatchObject({ status: 'completed', consensus: { answer: '391' } })
    })

    test('a hung model holds up its round no longer than its turn’s deadline; its late answer is kept', async () => {
      const held: Turn[] = []
      const { user, models, platform } = await council(
        (turn) => {
          if (turn.model !== 'grok' || turn.purpose !== 'opening') return agreeable(turn)
          held.push(turn)
          return 'silence'
        },
        { TURN_DEADLINE_S: '1' },
      )

      const queryId = await user.submit(closed)
      const results = await user.ended(queryId)
      const [turn] = held
      if (turn) await platform.bus.publish(models.messagesFor(turn, { output: openingOutput() }))
      const late = await eventually(async () => {
        const { rounds } = (await user.send('GET', `/queries/${queryId}`)).json()
        return rounds[0].turns.find((one: { status: string }) => one.status === 'late')
      })

      expect(results).toMatchObject({
        status: 'completed',
        metadata: { degraded: true, models_failed: [{ model: 'grok', reason: 'timed_out' }] },
      })
      expect(late).toMatchObject({ model: 'grok', output: { final: '391' }, failure: { reason: 'timed_out' } })
      expect(models.cancelled).toContain(turn?.turn_id)
    })

    test('a writer that fails is followed by another, and none left by the claims themselves', async () => {
      const { user, models } = await council((turn) =>
        turn.purpose === 'synthesis' ? { failure: 'stream_cut' } : agreeable(turn),
      )

      const results = await user.ended(await user.submit(closed))

      expect(models.asked.filter(({ purpose }) => purpose === 'synthesis').length).toBe(4)
      expect(results).toMatchObject({ status: 'completed', consensus: { answer: '391' }, metadata: { degraded: true } })
      expect(results.status === 'completed' && results.consensus.summary).toContain('391')
    })

    test('cancelling stops the models, keeps the count and ends the events', async () => {
      const { user, models, server } = await council((turn) => (turn.model === 'gpt5' ? agreeable(turn) : 'silence'))
      const queryId = await user.submit(closed)
      await eventually(async () => (models.asked.length === 4 ? true : undefined))

      const cancelled = await user.send('POST', `/queries/${queryId}/cancel`)
      const again = await user.send('POST', `/queries/${queryId}/cancel`)
      const stats = (await user.send('GET', '/user/stats')).json()
      const { events, ended } = await storedEvents({ server }, neighbours, queryId)

      expect(cancelled.statusCode).toBe(200)
      expect(cancelled.json()).toMatchObject({ query_id: queryId, status: 'cancelled' })
      expect(again.statusCode).toBe(409)
      expect(stats.today.queries_count).toBe(1)
      expect(ended).toBe(true)
      expect(events.at(-1)?.type).toBe('query_cancelled')
      const stopped = await eventually(async () => (models.cancelled.length >= 3 ? models.cancelled : undefined))
      expect(models.asked.filter(({ turn_id: id }) => stopped.includes(id)).length).toBeGreaterThanOrEqual(3)
    })

    test('a service that stops between two stages is followed by one that goes on where it stood, asking nobody twice', async () => {
      const waiting: Turn[] = []
      const { user, models, platform, close } = await council((turn) => {
        if (turn.purpose !== 'vote') return agreeable(turn)
        waiting.push(turn)
        return 'silence'
      })
      const queryId = await user.submit(open)
      await eventually(async () => (waiting.length === 4 ? true : undefined))
      const first = [...models.asked]
      for (const turn of waiting.slice(0, 2)) await platform.bus.publish(models.messagesFor(turn, agreeable(turn)))
      opened.pop()
      await close()

      const next = await council(agreeable)
      for (const turn of waiting) await next.platform.bus.publish(next.models.messagesFor(turn, agreeable(turn)))
      const results = await (await aUser(neighbours, next, { id: user.id })).ended(queryId)

      expect(results.status).toBe('completed')
      const asked = [...first, ...next.models.asked].map(({ model, purpose, round }) => `${model} ${purpose} ${round}`)
      expect(new Set(asked).size).toBe(asked.length)
    })

    test('of 50 queries submitted at once on a free plan exactly 10 pass, and the others leave nothing', async () => {
      const { server } = await council(agreeable)
      const user = await aUser(neighbours, { server }, { plan: 'free' })

      const answers = await Promise.all(Array.from({ length: 50 }, () => user.send('POST', '/queries', closed)))
      const list = (await user.send('GET', '/queries?limit=100')).json()

      const accepted = answers.filter(({ statusCode }) => statusCode === 202)
      const refused = answers.filter(({ statusCode }) => statusCode === 429)
      expect([accepted.length, refused.length]).toEqual([10, 40])
      expect(accepted.map((answer) => answer.json().daily_usage.current).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 10 }, (_, index) => index + 1),
      )
      expect(list.data.length).toBe(10)
      expect(Number(refused[0]?.headers['retry-after'])).toBeGreaterThan(0)
      expect(refused[0]?.headers).toMatchObject({ 'ratelimit-limit': '10', 'ratelimit-remaining': '0' })
    })

    test('the same Idempotency-Key gives the first answer again, also at once, and refuses another body', async () => {
      const { user } = await council(agreeable)
      const key = { 'idempotency-key': crypto.randomUUID() }

      const first = await user.send('POST', '/queries/submit', closed, key)
      const repeat = await user.send('POST', '/queries/submit', closed, key)
      const other = await user.send('POST', '/queries/submit', open, key)
      const rush = { 'idempotency-key': crypto.randomUUID() }
      const rushed = await Promise.all(
        Array.from({ length: 8 }, () => user.send('POST', '/queries/submit', closed, rush)),
      )

      expect(repeat.json()).toEqual(first.json())
      expect(repeat.headers['idempotent-replayed']).toBe('true')
      expect(first.headers['idempotent-replayed']).toBeUndefined()
      expect(other.statusCode).toBe(409)
      const ids = rushed.filter(({ statusCode }) => statusCode === 202).map((answer) => answer.json().query_id)
      expect(new Set(ids).size).toBe(1)
      expect(rushed.every(({ statusCode }) => statusCode === 202 || statusCode === 409)).toBe(true)
      expect((await user.send('GET', '/user/stats')).json().total_queries).toBe(2)
    })

    test('an erased user leaves no query, no event and no key', async () => {
      const { user, platform, server } = await council(agreeable)
      const queryId = await user.submit(closed)
      await user.ended(queryId)

      const time = new Date().toISOString()
      const id = crypto.randomUUID()
      const erased = {
        id,
        type: 'user.erased.v1',
        source: 'auth',
        time,
        correlation_id: user.id,
        data: { user_id: user.id },
      }
      await platform.bus.publish([{ id, type: erased.type, body: erased, headers: {} }])
      await eventually(async () =>
        (await user.send('GET', `/queries/${queryId}/results`)).statusCode === 404 ? true : undefined,
      )

      const headers = { authorization: `Bearer ${await neighbours.serviceToken()}` }
      const events = await server.inject({ url: `/internal/queries/${queryId}/events`, headers })
      expect(events.statusCode).toBe(404)
      expect((await user.send('GET', '/user/stats')).json()).toMatchObject({
        total_queries: 0,
        today: { queries_count: 0 },
      })
      expect((await user.send('POST', '/queries', closed)).statusCode).toBe(403)
    })
  })
}

const facts = ['Air scatters short waves more.', 'Blue light has short waves.', 'The eye sees violet badly.']

function agreeable(turn: Turn): Reply {
  switch (turn.purpose) {
    case 'opening':
      return { output: turn.prompt.user.includes(open.query) ? openOutput(...factsOf(turn.model)) : openingOutput() }
    case 'vote':
      return { output: votesOutput(turn.prompt, () => 'agree') }
    case 'debate':
      return { output: debateOutput({ final: '391' }) }
    case 'synthesis':
      return { output: synthesisOutput(turn.prompt) }
  }
}

function stubborn(turn: Turn): Reply {
  const final = turn.model === 'gpt5' || turn.model === 'claude' ? '391' : '401'
  if (turn.purpose === 'opening') return { output: openingOutput({ final }) }
  return turn.purpose === 'debate' ? { output: debateOutput({ final }) } : agreeable(turn)
}

function without(...lost: string[]): Script {
  return (turn) => (lost.includes(turn.model) ? { failure: 'upstream_error' } : agreeable(turn))
}

function factsOf(model: string): string[] {
  return [...facts, `The model ${model} adds that dusk is red for the same reason.`]
}
