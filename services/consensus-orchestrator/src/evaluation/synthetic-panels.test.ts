import { describe, expect, test } from 'vitest'
import { questionsFrom } from '../../test/ballot-builders.ts'
import { evaluateBallots, type Plan } from './evaluate-ballots.ts'
import { randomFrom } from './random.ts'
import { calibrationError, type Scores } from './scores.ts'

type Panel = {
  options: number
  accuracies: readonly number[]
  /** Share of the luck that all models have in common: the question's difficulty. */
  common: number
  /** Share of the errors that are the same one. */
  lured: number
  /** Share of answers, and of confidences, that are missing. */
  missing?: number
}

const panels: [string, Panel][] = [
  [
    'two strong and three weak that err alike',
    { options: 5, accuracies: [95, 94, 55, 45, 25], common: 0.4, lured: 0.9 },
  ],
  ['one strong among the middling', { options: 5, accuracies: [95, 75, 70, 65, 45], common: 0.5, lured: 0.6 }],
  ['yes or no, hard for all alike', { options: 2, accuracies: [84, 83, 82, 80, 72], common: 0.8, lured: 1 }],
  ['yes or no, two below chance', { options: 2, accuracies: [85, 80, 75, 30, 30], common: 0.3, lured: 1 }],
  ['three equals', { options: 4, accuracies: [80, 80, 80], common: 0.5, lured: 0.4 }],
  ['seven equals', { options: 4, accuracies: [70, 70, 70, 70, 70, 70, 70], common: 0.3, lured: 0.4 }],
  ['three excellent', { options: 3, accuracies: [97, 96, 96], common: 0.7, lured: 0.5 }],
  ['open values', { options: 50, accuracies: [85, 80, 70, 50, 30], common: 0.4, lured: 0.4 }],
  ['answers that are missing', { options: 4, accuracies: [90, 80, 75, 70, 50], common: 0.4, lured: 0.5, missing: 0.2 }],
]

/** Confidence is overstated and knows little: what goes right is stated with a little more of it. */
function linesOf({ options, accuracies, common, lured, missing = 0 }: Panel, count: number, seed: number): string[] {
  const random = randomFrom(seed)
  const oneOf = (names: readonly string[]) => names[Math.floor(random() * names.length)] ?? ''
  const names = Array.from({ length: options }, (_, index) =>
    options > 26 ? `${index + 100}` : String.fromCharCode(65 + index),
  )
  return Array.from({ length: count }, (_, id) => {
    const gold = oneOf(names)
    const wrong = names.filter((name) => name !== gold)
    const [difficulty, lure] = [random(), oneOf(wrong)]
    const answers = accuracies.map((accuracy, index) => {
      const right = (random() < common ? difficulty : random()) < accuracy / 100
      const final = right ? gold : random() < lured ? lure : oneOf(wrong)
      const confidence = Math.min(1, 0.75 + 0.05 * Math.floor(random() * 5) + (right ? 0.05 : 0))
      return {
        model: `m${index}`,
        final: random() < missing ? null : final,
        confidence: random() < missing ? null : confidence,
      }
    })
    return JSON.stringify({ id, dataset: 'set', gold, ...(options > 26 ? {} : { options }), answers })
  })
}

function scoresOf(
  panel: Panel,
  method: Plan['method'],
  seed = 1,
): (rule: 'concord' | 'thrifty' | 'majority') => Scores {
  const models = panel.accuracies.map((_, index) => ({ model: `m${index}`, family: `f${index}` }))
  const questions = questionsFrom(
    linesOf(panel, 1_000, seed),
    models.map(({ model }) => model),
  )
  const rules = evaluateBallots(questions, { models, rules: ['concord', 'thrifty', 'majority'], method, more: [] }).get(
    'set',
  )
  return (rule) => {
    const scores = rules?.rules.get(rule)
    if (scores === undefined) throw new Error(`no scores of ${rule}`)
    return scores
  }
}

const points = ({ right, questions }: Scores) => (100 * right) / questions

describe.each(panels)('%s', (_name, panel) => {
  const inFolds = scoresOf(panel, { folds: 10 })
  const best = Math.max(...panel.accuracies)

  test('is never a point worse than its majority, in folds or by thirty anchors', () => {
    const anchored = scoresOf(panel, { anchors: 30 })

    expect(points(inFolds('concord'))).toBeGreaterThan(points(inFolds('majority')) - 1)
    expect(points(anchored('concord'))).toBeGreaterThan(points(anchored('majority')) - 1)
  })

  test('is hardly worse than its best model, and sure of itself as often as it is right', () => {
    const answered = 1 - (panel.missing ?? 0)

    expect(points(inFolds('concord'))).toBeGreaterThan(best * answered - 2)
    expect(calibrationError(inFolds('concord'))).toBeLessThan(0.05)
  })
})

test('a thrifty panel of which one is strong loses nothing by asking half as often', () => {
  const scores = scoresOf({ options: 5, accuracies: [95, 90, 70, 65, 45], common: 0.5, lured: 0.6 }, { folds: 10 })

  expect(points(scores('thrifty'))).toBeGreaterThan(points(scores('concord')) - 0.4)
  expect(scores('thrifty').calls / scores('thrifty').questions).toBeLessThan(3.5)
})
