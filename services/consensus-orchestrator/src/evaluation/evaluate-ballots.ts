import type { PanelModel, Training } from './learn.ts'
import type { Question } from './question.ts'
import { taught, type RuleName } from './rules.ts'
import { addTo, noScores, type Scores } from './scores.ts'
import { splitsOf, type Method } from './splits.ts'

export type Evaluation = ReadonlyMap<string, DatasetEvaluation>

export type DatasetEvaluation = {
  /** That were scored. */
  questions: number
  rules: ReadonlyMap<RuleName, Scores>
  models: ReadonlyMap<string, { right: number; answered: number }>
}

export type Plan = {
  models: readonly PanelModel[]
  rules: readonly RuleName[]
  method: Method
  /** Graded questions besides those to be scored; of a data set by the same name, they count as its own. */
  more: readonly Question[]
}

/** Scores every rule on every data set, by what was learned from other questions. */
export function evaluateBallots(questions: readonly Question[], plan: Plan): Evaluation {
  const datasets = Map.groupBy(questions, ({ dataset }) => dataset)
  const scoredAnywhere = new Set(questions.map(({ hash }) => hash))
  const more = plan.more.filter(({ hash }) => !scoredAnywhere.has(hash))
  return new Map(
    [...datasets].map(([name, own]) => {
      const elsewhere = [...datasets].filter(([other]) => other !== name).map(([, others]) => others)
      const graded = elsewhere.flatMap((others) => ('anchors' in plan.method ? anchorsIn(others, plan.method) : others))
      const besides = {
        own: more.filter(({ dataset }) => dataset === name),
        others: [...graded, ...more.filter(({ dataset }) => dataset !== name)],
      }
      return [name, evaluateDataset(own, besides, plan)]
    }),
  )
}

function anchorsIn(questions: readonly Question[], method: Method): readonly Question[] {
  return splitsOf(method, questions, { own: [], others: [] }).flatMap(({ training }) => training.own)
}

function evaluateDataset(
  own: readonly Question[],
  besides: Training,
  { models, rules, method }: Plan,
): DatasetEvaluation {
  const scores = new Map(rules.map((rule): [RuleName, Scores] => [rule, noScores()]))
  const records = models.map(() => ({ right: 0, answered: 0 }))
  let questions = 0
  for (const { training, scored } of splitsOf(method, own, besides)) {
    const ready = taught(rules, { models, training, anchored: 'anchors' in method })
    for (const question of scored) {
      questions += 1
      for (const [index, record] of records.entries()) {
        if (question.keys[index] !== undefined) record.answered += 1
        if (question.right[index] === true) record.right += 1
      }
      for (const [rule, conclude] of ready) addTo(scores.get(rule) ?? noScores(), conclude(question))
    }
  }
  return { questions, rules: scores, models: new Map(models.map(({ model }, at) => [model, records[at] ?? noRecord])) }
}

const noRecord = { right: 0, answered: 0 }
