import { describe, expect, test } from 'vitest'
import { createBrain } from '../../packages/emulators/src/brain/brain.ts'
import { tactics, type Tactic } from '../../packages/emulators/src/brain/tactics.ts'
import { createWrongness } from '../../packages/emulators/src/brain/wrongness.ts'
import { anEntry, aQuery, someSettings } from '../../services/consensus-orchestrator/test/builders.ts'
import { deliberate } from './deliberate.ts'
import { tokens } from './measure.ts'
import { generateQuestions } from './questions.ts'

const panel = ['gpt5', 'claude', 'gemini', 'grok']
const questions = generateQuestions(40, 11)

/** A panel that answers truly; as writers some of them lie, each by the tactic. */
function concluded(index: number, tactic: Tactic, lyingWriters: readonly string[]) {
  const question = questions[index]
  if (question === undefined) throw new Error('there are as many questions')
  const truthful = createWrongness({ seed: 3, rate: 0 })
  const lying = createWrongness({ seed: 3, rate: 0 })
  for (const model of lyingWriters) lying.set({ model, rate: 1, liar: true, tactic })
  const [honest, liar] = [truthful, lying].map((wrongness) =>
    createBrain({ seed: 3, recordings: () => undefined, wrongness }),
  )
  const brain = {
    think: (ask: Parameters<NonNullable<typeof honest>['think']>[0]) => {
      const chosen = ask.form === undefined ? liar : honest
      if (chosen === undefined) throw new Error('both brains are there')
      return chosen.think(ask)
    },
  }
  const { text, answerType, choices, language } = question
  const query = aQuery({
    question: text,
    settings: someSettings({ answer_type: answerType, choices, language }),
    panel: panel.map((name) => anEntry(name)),
  })
  const held = deliberate(query, brain, tokens(index))
  const [consensus] = held.events.flatMap((event) =>
    event.type === 'query_completed' && event.data.status === 'completed' ? [event.data.consensus] : [],
  )
  if (consensus === undefined) throw new Error('the query has completed')
  const { summary, ...rest } = consensus
  const writers = held.turns.filter(({ purpose }) => purpose === 'synthesis').map(({ model }) => model)
  return { summary, rest, writers }
}

describe.each(tactics)('writers that lie by %s', (tactic) => {
  test('change nothing but the wording, and what they write of their own is not shown', () => {
    for (const index of questions.keys()) {
      const honest = concluded(index, tactic, [])
      const lied = concluded(index, tactic, panel)

      expect(lied.rest).toEqual(honest.rest)
      expect(lied.summary).not.toMatch(/SYSTEM|ignore|everybody else|experts|textbook|finest mind|100 %|<<<|‹‹‹/i)
    }
  })
})

test('a writer that is honest is asked alone, and never the one whose answer it would praise', () => {
  for (const index of questions.keys()) {
    const { writers, rest } = concluded(index, 'insist', [])

    expect(writers).toHaveLength(1)
    expect(writers).not.toEqual([rest.claims[0]?.votes.find(({ vote }) => vote === 'agree')?.model])
  }
})

test('a writer that lies is followed by another, and the summary is that one’s', () => {
  const honest = concluded(0, 'insist', [])
  const [first = ''] = honest.writers

  const lied = concluded(0, 'insist', [first])

  expect(lied.writers.slice(0, 2)).toEqual([first, expect.not.stringMatching(first)])
  expect(lied.summary).toBe(honest.summary)
})

test('where all writers lie, the summary is drawn from the claims, in the question’s language', () => {
  const inFrench = questions.findIndex(({ language, kind }) => language === 'fr' && kind === 'arithmetic')

  const { summary, writers } = concluded(inFrench, 'invented_quotation', panel)

  expect(writers).toHaveLength(4)
  expect(summary).toContain(`La réponse est ${questions[inFrench]?.gold}.`)
})
