import { describe, expect, test } from 'vitest'
import { questionsFrom, recordedLines, type RecordedModel } from '../../test/ballot-builders.ts'
import { evaluateBallots, teach, type Plan } from './evaluate-ballots.ts'
import type { Question } from './question.ts'
import { ruleNames } from './rules.ts'
import { calibrationError, type Scores } from './scores.ts'
import { splitsOf } from './splits.ts'

const overconfident = () => 0.95
const uneven: RecordedModel[] = [
  { model: 'gpt', accuracy: 0.95, confidence: overconfident },
  { model: 'claude', accuracy: 0.9 },
  { model: 'grok', accuracy: 0.55, confidence: () => 1 },
  { model: 'llama', accuracy: 0.5, confidence: () => 1 },
  { model: 'qwen', accuracy: 0.45, confidence: () => 1 },
]

function planFor(models: readonly RecordedModel[], override: Partial<Plan> = {}): Plan {
  const panel = models.map(({ model }) => ({ model, family: model }))
  return { models: panel, rules: ruleNames, method: { folds: 10 }, more: [], ...override }
}

function recorded(models: readonly RecordedModel[], count: number, lure = 0.3): Question[] {
  return questionsFrom(
    recordedLines('set', count, models, { lure }),
    models.map(({ model }) => model),
  )
}

function scoresOf(questions: readonly Question[], plan: Plan, rule: (typeof ruleNames)[number]): Scores {
  const scores = evaluateBallots(questions, { ...plan, rules: [rule] })
    .get('set')
    ?.rules.get(rule)
  if (scores === undefined) throw new Error(`no scores of ${rule}`)
  return scores
}

const accuracyOf = ({ right, questions }: Scores) => right / questions

describe('a weak majority that errs alike', () => {
  const questions = recorded(uneven, 500, 0.95)

  test('is overruled by what was learned in folds or from thirty anchors, and the confidence says how sure that is', () => {
    const majority = accuracyOf(scoresOf(questions, planFor(uneven), 'majority'))
    const concord = scoresOf(questions, planFor(uneven), 'concord')
    const anchored = scoresOf(questions, planFor(uneven, { method: { anchors: 30 } }), 'concord')

    expect(majority).toBeLessThan(0.85)
    expect(accuracyOf(concord)).toBeGreaterThan(0.92)
    expect(accuracyOf(anchored)).toBeGreaterThan(majority + 0.05)
    expect(calibrationError(concord)).toBeLessThan(0.05)
  })

  test('is not overruled as long as fewer than thirty are known', () => {
    const plan = planFor(uneven, { method: { anchors: 29 } })

    expect(accuracyOf(scoresOf(questions, plan, 'concord'))).toBeCloseTo(
      accuracyOf(scoresOf(questions, plan, 'majority')),
      1,
    )
  })
})

test('a thrifty council asks two where two are enough, and is as often right', () => {
  const strong = ['gpt', 'claude', 'grok', 'llama', 'qwen'].map((model) => ({ model, accuracy: 0.9 }))
  const questions = recorded(strong, 600)
  const thrifty = scoresOf(questions, planFor(strong), 'thrifty')

  expect(thrifty.calls / thrifty.questions).toBeLessThan(3)
  expect(accuracyOf(thrifty)).toBeGreaterThan(accuracyOf(scoresOf(questions, planFor(strong), 'concord')) - 0.02)
})

describe('nothing is learned from a question that is scored by it', () => {
  const questions = recorded(uneven, 120)

  test.each([{ folds: 4 }, { anchors: 30 }])('what is scored and what is learned from are apart, %o', (method) => {
    const splits = splitsOf(method, questions, { own: [], others: [] })
    for (const question of questions) {
      const split = splits.scoredBy(question)
      const teachers = split === undefined ? [] : splits.training(split).own

      expect(teachers.some(({ hash }) => hash === question.hash)).toBe(false)
    }
  })

  test('another gold answer of a question changes no decision on the questions scored with it', () => {
    const flipped = (question: Question) => ({ ...question, right: question.right.map((right) => !right) })
    const method = { folds: 2 }
    const inFirst = ({ hash }: Question) => hash % 2 === 0
    const changed = questions.map((question) => (inFirst(question) ? flipped(question) : question))
    const decisions = (all: readonly Question[]) => {
      const rulesFor = teach(new Map([['set', all]]), planFor(uneven, { method }))
      return questions.filter(inFirst).map((question) => rulesFor(question)?.get('concord')?.(question))
    }

    expect(decisions(questions).some((conclusion) => conclusion?.right === true)).toBe(true)
    expect(decisions(changed)).toEqual(decisions(questions))
  })

  test('a question that stands in the file of anchors too is scored and not learned from', () => {
    const lessons = { method: { anchors: 0 }, rules: ['concord'] } as const
    const alone = evaluateBallots(questions, planFor(uneven, lessons))
    const withItself = evaluateBallots(questions, planFor(uneven, { ...lessons, more: questions }))

    expect(withItself).toEqual(alone)
  })

  test('anchors are drawn regardless of the order, and copies of a question stay together', () => {
    const anchored = (all: readonly Question[], anchors: number) =>
      splitsOf({ anchors }, all, { own: [], others: [] }).training(0).own
    const hashes = (all: readonly Question[]) => new Set(all.map(({ hash }) => hash))

    expect(anchored(questions, 30)).toHaveLength(30)
    expect(hashes(anchored([...questions, ...questions.toReversed()], 30)).size).toBe(15)
    expect(hashes(anchored(questions.toReversed(), 30))).toEqual(hashes(anchored(questions, 30)))
    expect(anchored(questions, 500)).toHaveLength(120)
  })
})

test.each(['set', 'another set'])(
  'graded questions of the domain from another file teach as anchors do, as %s',
  (dataset) => {
    const questions = recorded(uneven, 400, 0.95)
    const more = questionsFrom(
      recordedLines(dataset, 60, uneven, { lure: 0.95, seed: 5 }).map((line) => line.replace('"set-', '"more-')),
      uneven.map(({ model }) => model),
    )
    const plan = planFor(uneven, { method: { anchors: 0 }, more })

    expect(accuracyOf(scoresOf(questions, plan, 'concord'))).toBeGreaterThan(0.92)
  },
)

test('a data set that is too short borrows from the others of its file', () => {
  const panel = uneven.map(({ model }) => model)
  const short = questionsFrom(recordedLines('short', 20, uneven, { lure: 0.95, seed: 3 }), panel)
  const long = questionsFrom(recordedLines('set', 300, uneven, { lure: 0.95 }), panel)
  const rules = evaluateBallots([...long, ...short], planFor(uneven)).get('short')?.rules
  const right = (rule: 'concord' | 'majority') => rules?.get(rule)?.right ?? 0

  expect(right('concord')).toBeGreaterThan(right('majority'))
})

test('models are scored alone, and no answer counts as a wrong one', () => {
  const lines = [
    { id: 1, dataset: 'set', gold: 'A', options: 4, finals: { gpt: 'A', claude: 'B' } },
    { id: 2, dataset: 'set', gold: 'A', options: 4, finals: { gpt: 'A', claude: null } },
    { id: 3, dataset: 'set', gold: 'A', options: 4, finals: { claude: null } },
  ].map((line) => JSON.stringify(line))
  const pair = [
    { model: 'gpt', accuracy: 0 },
    { model: 'claude', accuracy: 0 },
  ]

  const evaluation = evaluateBallots(questionsFrom(lines, ['gpt', 'claude']), planFor(pair)).get('set')

  expect(evaluation?.models.get('gpt')).toEqual({ right: 2, answered: 2 })
  expect(evaluation?.models.get('claude')).toEqual({ right: 0, answered: 1 })
  for (const rule of ruleNames) expect(evaluation?.rules.get(rule)?.questions).toBe(3)
})

test('ties fall to either side alike', () => {
  const rivals = ['gpt', 'claude'].map((model) => ({ model, accuracy: 0.5 }))
  const lines = Array.from({ length: 2_000 }, (_, id) =>
    JSON.stringify({ id, dataset: 'set', gold: 'A', options: 2, finals: { gpt: 'A', claude: 'B' } }),
  )
  const questions = questionsFrom(lines, ['gpt', 'claude'])

  expect(Math.abs(accuracyOf(scoresOf(questions, planFor(rivals), 'majority')) - 0.5)).toBeLessThan(0.05)
})
