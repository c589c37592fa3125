import { describe, expect, test } from 'vitest'
import { aMoment, anEntry, aQuery, aTurn, someSettings } from '../../test/builders.ts'
import { debateOutput, openingOutput, openOutput } from '../../test/outputs.ts'
import type { Query, ReadTurn } from '../ports.ts'
import { startDraft } from './draft.ts'
import { moveOn } from './move-on.ts'

let made = 0
const tools = {
  newId: <const Prefix extends string>(prefix: Prefix): `${Prefix}_${string}` => `${prefix}_${++made}`,
  newToken: () => `${++made}`.padStart(16, '0'),
  settings: { turnDeadlineMs: 40_000 },
}

function stepFrom(query: Query, turns: readonly ReadTurn[] = [], now: Date = aMoment) {
  const draft = startDraft(tools, now, query, turns)
  moveOn(draft)
  const { events, newTurns } = draft.changes
  return {
    query: draft.query,
    events,
    types: events.map(({ type }) => type),
    asked: newTurns.map(({ model, purpose }) => `${model} ${purpose}`),
    newTurns,
  }
}

const all = ['gpt5', 'claude', 'gemini', 'grok']
const agreed = all.map((model) => aTurn(model))
const split = all.map((model, index) => aTurn(model, { output: openingOutput({ final: index < 2 ? '391' : '401' }) }))

describe('the opening', () => {
  test('asks every model of the panel at once', () => {
    const step = stepFrom(aQuery())

    expect(step.asked).toEqual(all.map((model) => `${model} opening`))
    expect(step.types).toEqual(['round_started'])
    expect(step.query.waiting.map(({ model }) => model)).toEqual(all)
  })

  test('asks two of different families first where effort is thrifty, and nobody else if they agree', () => {
    const query = aQuery({ settings: someSettings({ effort: 'thrifty', answer_type: 'number' }) })
    const first = stepFrom(query)
    const [one, two] = first.newTurns

    const step = stepFrom(query, [aTurn(one?.model ?? ''), aTurn(two?.model ?? '')])

    expect(first.asked.length).toBe(2)
    expect(step.query.stage).toBe('synthesis')
  })

  test('gives a stage at most its turn’s deadline, and of a short query at most its share', () => {
    const short = new Date(aMoment.getTime() + 10_000)

    expect(stepFrom(aQuery()).query.stageDeadlineAt?.getTime()).toBe(aMoment.getTime() + 40_000)
    expect(stepFrom(aQuery({ deadlineAt: short })).query.stageDeadlineAt?.getTime()).toBe(aMoment.getTime() + 6_000)
  })

  test('never asks for more output than a model can give', () => {
    const panel = [anEntry('gpt5', { maxOutputTokens: 1_000 }), anEntry('claude')]

    expect(stepFrom(aQuery({ panel })).newTurns.map(({ prompt }) => prompt.max_output_tokens)).toEqual([1_000, 8_000])
  })

  test('fails below the quorum, with what each model did', () => {
    const turns = [aTurn('gpt5'), ...all.slice(1).map((model) => lost(model))]

    const step = stepFrom(aQuery(), turns)

    expect(step.query).toMatchObject({ status: 'failed', stage: 'done', stageDeadlineAt: null })
    expect(step.events).toMatchObject([
      { type: 'query_failed', data: { status: 'failed', error: { code: 'insufficient_quorum' } } },
    ])
  })

  test('fails where the deadline passed before anybody could be asked', () => {
    const step = stepFrom(aQuery(), [], new Date(aMoment.getTime() + 121_000))

    expect(step.query.status).toBe('failed')
    expect(step.asked).toEqual([])
  })
})

describe('agreement', () => {
  test('of a closed question leads to the writer, who is one model', () => {
    const step = stepFrom(aQuery(), agreed)

    expect(step.types).toEqual(['agreement_measured', 'round_completed'])
    expect(step.asked.length).toBe(1)
    expect(step.query.stage).toBe('synthesis')
  })

  test('on an open question is voted for: nobody votes on a claim of their own', () => {
    const turns = all.map((model) =>
      aTurn(model, { output: openOutput(`Only ${model} writes this.`, 'All write this.') }),
    )

    const step = stepFrom(aQuery({ settings: someSettings({ answer_type: 'open' }) }), turns)

    expect(step.asked.toSorted()).toEqual(all.map((model) => `${model} vote`).toSorted())
    expect(step.newTurns.every(({ model, prompt }) => !prompt.user.includes(`Only ${model} writes this.`))).toBe(true)
    expect(step.types).toEqual([])
  })
})

describe('a debate', () => {
  test('opens a new round where answers oppose each other and rounds remain', () => {
    const step = stepFrom(aQuery(), split)

    expect(step.types).toEqual(['agreement_measured', 'round_completed', 'round_started'])
    expect(step.query).toMatchObject({ stage: 'debate', round: 1 })
    expect(step.events[1]).toMatchObject({ data: { round: 0, next: 'debate' } })
  })

  test('is not held where no rounds were asked for', () => {
    const step = stepFrom(aQuery({ settings: someSettings({ debate_rounds: 0 }) }), split)

    expect(step.events[1]).toMatchObject({ data: { next: 'synthesis', reason: 'last_round' } })
  })

  test('is not held where the bound on cost leaves no room for it', () => {
    const step = stepFrom(aQuery({ settings: someSettings({ max_cost_usd: 0.02 }), costUsd: 0.019 }), split)

    expect(step.events[1]).toMatchObject({ data: { next: 'synthesis', reason: 'no_room' } })
  })

  test('ends when nobody moves', () => {
    const debates = split.map(({ model, output }) => {
      const { final } = openingOf(output)
      return aTurn(model, { round: 1, purpose: 'debate', output: debateOutput({ final }) })
    })

    const step = stepFrom(aQuery({ stage: 'debate', round: 1 }), [...split, ...debates])

    expect(step.events[1]).toMatchObject({ data: { round: 1, next: 'synthesis', reason: 'nobody_moved' } })
  })

  test('does not stop for models that are lost in it', () => {
    const debates = all.map((model) => ({ ...lost(model), round: 1, purpose: 'debate' as const }))

    const step = stepFrom(aQuery({ stage: 'debate', round: 1 }), [...split, ...debates])

    expect(step.types.slice(0, 2)).toEqual(['agreement_measured', 'round_completed'])
  })
})

describe('the synthesis', () => {
  const writing = aQuery({ stage: 'synthesis' })
  const written = (model: string, text: string) => aTurn(model, { purpose: 'synthesis', output: { text, json: null } })

  test('ends the query with the writer’s sentences that stand on a claim', () => {
    const step = stepFrom(writing, [...agreed, written('claude', 'The answer is 391. [c1]\nMade up.')])

    expect(step.query).toMatchObject({ status: 'completed', outcome: 'unanimous', answer: '391', answerType: 'number' })
    expect(step.events).toMatchObject([
      { type: 'query_completed', data: { consensus: { summary: 'The answer is 391.' } } },
    ])
  })

  test('goes to another writer where nothing of the text stands on a claim', () => {
    const step = stepFrom(writing, [...agreed, written('claude', 'I would rather not say.')])

    expect(step.asked.length).toBe(1)
    expect(step.asked).not.toContain('claude synthesis')
  })

  test('is drawn from the claims where no writer is left, and where no time is', () => {
    const none = stepFrom(writing, [
      ...agreed,
      ...all.map((model) => ({ ...lost(model), purpose: 'synthesis' as const })),
    ])
    const late = stepFrom(writing, agreed, new Date(aMoment.getTime() + 119_500))

    for (const step of [none, late]) {
      expect(step.query.status).toBe('completed')
      expect(step.events).toMatchObject([{ data: { consensus: { answer: '391' } } }])
    }
    expect(none.query.degraded).toBe(true)
    expect(late.query.degraded).toBe(false)
  })

  test('is not asked for where the bound on cost is used up', () => {
    const query = aQuery({ settings: someSettings({ max_cost_usd: 0.02 }), costUsd: 0.0199 })

    expect(stepFrom(query, agreed).query.status).toBe('completed')
  })
})

function lost(model: string): ReadTurn {
  return aTurn(model, { status: 'failed', output: null, failureReason: 'upstream_error', failureDetail: 'it said 500' })
}

function openingOf(output: ReadTurn['output']): { final: string } {
  return JSON.parse(output?.text ?? '{}')
}
