import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { aMoment, aQuery, someSettings } from '../../test/builders.ts'
import { debateOutput, openingOutput, openOutput, synthesisOutput, votesOutput } from '../../test/outputs.ts'
import type { NewTurn, Query, ReadTurn } from '../ports.ts'
import { dropTurns, startDraft } from './draft.ts'
import { moveOn } from './move-on.ts'

const sweepMs = 500

function outputOf({ model, purpose, prompt }: NewTurn, open: boolean) {
  switch (purpose) {
    case 'opening':
      return open ? openOutput(`The ${model} point.`) : openingOutput({ final: model.length % 2 === 0 ? '391' : '401' })
    case 'vote':
      return votesOutput(prompt, (text) => (text.length % 2 === 0 ? 'agree' : 'disagree'))
    case 'debate':
      return debateOutput({ stance: 'change', final: model.length % 2 === 0 ? '401' : '391' })
    case 'synthesis':
      return synthesisOutput(prompt)
  }
}

/** Seconds from the question to the end where of every stage some models hang and the others answer at its last moment. */
function secondsOf(query: Query, hangs: (turn: NewTurn) => boolean): number {
  let [current, now, made] = [query, query.createdAt, 0]
  const turns: ReadTurn[] = []
  const newId = <const Prefix extends string>(prefix: Prefix): `${Prefix}_${string}` => `${prefix}_${++made}`
  const tools = { newId, newToken: () => `${++made}`.padStart(16, '0'), settings: { turnDeadlineMs: 40_000 } }
  while (current.status === 'processing') {
    const draft = startDraft(tools, now, current, turns)
    dropTurns(draft, 'failed', 'timed_out')
    turns.splice(0, turns.length, ...draft.turns)
    moveOn(draft)
    for (const { prompt, ...turn } of draft.changes.newTurns) turns.push(asked({ prompt, ...turn }, now, hangs))
    const out = turns.filter(({ status }) => status === 'requested').map(({ id }) => id)
    const waiting = draft.query.waiting.filter(({ id }) => out.includes(id))
    current = { ...draft.query, waiting }
    const deadline = current.stageDeadlineAt ?? now
    now = new Date(Math.max(now.getTime(), deadline.getTime()) + (waiting.length > 0 ? sweepMs : 0))
  }
  return ((current.completedAt ?? now).getTime() - query.createdAt.getTime()) / 1_000
}

function asked(turn: NewTurn, now: Date, hangs: (turn: NewTurn) => boolean): ReadTurn {
  const { prompt: _prompt, ...rest } = turn
  const answered = !hangs(turn)
  return {
    ...rest,
    status: answered ? 'ok' : 'requested',
    output: answered ? outputOf(turn, turn.prompt.user.includes('open')) : null,
    requestedAt: now,
    completedAt: null,
    latencyMs: 0,
    sandbox: true,
    settled: answered,
    failureReason: null,
    failureDetail: null,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
  }
}

test('a query ends by its deadline and one sweep, whichever models hang and however slow the others are', () => {
  const hanging = fc.array(fc.boolean(), { minLength: 1, maxLength: 24 })
  const how = fc.record({
    deadline_s: fc.integer({ min: 5, max: 600 }),
    debate_rounds: fc.integer({ min: 0, max: 5 }),
    effort: fc.constantFrom('thorough', 'thrifty'),
    answer_type: fc.constantFrom('number', 'open'),
  })
  fc.assert(
    fc.property(how, hanging, (settings, pattern) => {
      const deadlineAt = new Date(aMoment.getTime() + settings.deadline_s * 1_000)
      let turn = 0
      const seconds = secondsOf(
        aQuery({ deadlineAt, stageDeadlineAt: deadlineAt, settings: someSettings(settings) }),
        () => pattern[turn++ % pattern.length] ?? false,
      )

      expect(seconds).toBeLessThanOrEqual(settings.deadline_s + sweepMs / 1_000)
    }),
    { numRuns: 200 },
  )
})
