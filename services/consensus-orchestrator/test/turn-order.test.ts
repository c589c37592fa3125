import type { BusMessage } from '@concord/messaging/bus'
import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startNeighbours } from './neighbours.ts'
import type { Neighbours } from './neighbours.ts'
import { debateOutput, openingOutput, openOutput, synthesisOutput, votesOutput } from './outputs.ts'
import type { Reply, Turn } from './scripted-models.ts'
import { aUser, eventually, migrations, startCouncil, storedEvents } from './start-orchestrator.ts'

let engine: Engine
let neighbours: Neighbours
let council: Awaited<ReturnType<typeof startCouncil>>

beforeAll(async () => {
  neighbours = await startNeighbours()
  engine = await engines[0].open({ migrations })
  // Models say nothing by themselves: the test delivers for them.
  council = await startCouncil(engine, neighbours, () => 'nothing')
})
afterAll(async () => {
  await council.close()
  await engine.close()
  await neighbours.close()
})

/** Where the order comes from: places to move messages to, and how many come at once or again. */
const disorder = fc.record({
  keys: fc.array(fc.nat(1_000), { minLength: 8, maxLength: 8 }),
  copies: fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 8, maxLength: 8 }),
  atOnce: fc.integer({ min: 1, max: 6 }),
  echoes: fc.nat(5),
})

const closed = { query: 'What is 17 times 23?', answer_type: 'number', debate_rounds: 1 }
const open = { query: 'Why is the sky blue?', answer_type: 'open', debate_rounds: 1 }

test.each([
  ['a closed question with a debate and a lost model', closed],
  ['an open question with votes on contested claims', open],
])(
  '%s ends the same, its events without a gap, however turn events are ordered and repeated',
  async (_case, body) => {
    const expected = await deliberate(body, { keys: [], copies: [], atOnce: 1, echoes: 0 })

    await fc.assert(
      fc.asyncProperty(disorder, async (order) => {
        const found = await deliberate(body, order)

        expect(found.outcome).toEqual(expected.outcome)
        expect(found.seqs).toEqual(found.seqs.map((_, index) => index + 1))
        expect(found.eventCounts).toEqual(expected.eventCounts)
      }),
      { numRuns: 20 },
    )
  },
  120_000,
)

type Disorder = { keys: readonly number[]; copies: readonly number[]; atOnce: number; echoes: number }

/** Runs one query to its end, giving each stage's messages in the order, number and company that were drawn. */
async function deliberate(body: object, { keys, copies, atOnce, echoes }: Disorder) {
  const user = await aUser(neighbours, council, { plan: 'guardian' })
  const queryId = await user.submit(body)
  const answered = new Set<string>()
  const earlier: BusMessage[] = []
  for (;;) {
    const wave = await eventually(async () => {
      const { status, waiting } = await standing(user, queryId)
      if (status !== 'processing') return []
      const turns = council.models.asked.filter((turn) => waiting.includes(turn.turn_id))
      return waiting.length > 0 && turns.length === waiting.length ? turns : undefined
    })
    if (wave.length === 0) break
    expect(wave.some(({ turn_id: id }) => answered.has(id))).toBe(false)
    for (const { turn_id: id } of wave) answered.add(id)

    const messages = wave.flatMap((turn) => council.models.messagesFor(turn, replyTo(turn)))
    const drawn = messages
      .flatMap((message, index) => Array.from({ length: copies[index % 8] ?? 1 }, () => message))
      .map((message, index) => ({ message, key: ((keys[index % 8] ?? 0) * (index + 1)) % 997 }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ message }) => message)
    const all = [...drawn, ...earlier.slice(0, echoes)]
    for (let from = 0; from < all.length; from += atOnce) {
      await Promise.all(all.slice(from, from + atOnce).map((message) => council.deliver(message)))
    }
    // The same news once more under new message ids, as from a replica that lost its claim.
    earlier.push(...wave.flatMap((turn) => council.models.messagesFor(turn, replyTo(turn))))
  }
  for (const message of earlier) await council.deliver(message)

  const results = await user.results(queryId)
  const { events } = await storedEvents(council, neighbours, queryId)
  if (results.status !== 'completed') throw new Error(`it ended as ${results.status}`)
  const { consensus, individual_responses, metadata, answer_type } = results
  const { tokens, models_failed, degraded } = metadata
  return {
    outcome: { answer_type, consensus, individual_responses, tokens, models_failed, degraded },
    seqs: events.map(({ seq }) => seq),
    eventCounts: countBy(events.filter(({ type }) => type !== 'model_started').map(({ type }) => type)),
  }
}

async function standing(user: Awaited<ReturnType<typeof aUser>>, queryId: string) {
  const detail = (await user.send('GET', `/queries/${queryId}`)).json()
  const turns: { status: string; turn_id: string }[] = detail.rounds.flatMap(
    (round: { turns: unknown[] }) => round.turns,
  )
  const out = turns.filter(({ status }) => status === 'requested' || status === 'running')
  return { status: detail.status, waiting: out.map(({ turn_id: id }) => id) }
}

function replyTo(turn: Turn): Reply {
  const openQuestion = turn.prompt.user.includes(open.query)
  if (turn.purpose === 'opening') {
    if (openQuestion) return { output: openOutput('Air scatters short waves more.', `${turn.model} blames the ozone.`) }
    if (turn.model === 'grok') return { failure: 'rate_limited' }
    return { output: openingOutput({ final: turn.model === 'gemini' ? '401' : '391' }) }
  }
  if (turn.purpose === 'vote')
    return { output: votesOutput(turn.prompt, (text) => (text.includes('ozone') ? 'disagree' : 'agree')) }
  if (turn.purpose === 'synthesis') return { output: synthesisOutput(turn.prompt) }
  return { output: debateOutput({ final: openQuestion ? null : turn.model === 'gemini' ? '401' : '391' }) }
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names.toSorted()) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
