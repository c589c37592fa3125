import type { PanelModel } from './learn.ts'
import type { Question } from './question.ts'
import { taught, type Conclude, type RuleName } from './rules.ts'
import { addTo, noScores, type Scores } from './scores.ts'
import { splitsOf, type Method } from './splits.ts'

export type Evaluation = ReadonlyMap<string, DatasetEvaluation>

export type DatasetEvaluation = {
  /** That were scored. */
  questions: number
  rules: ReadonlyMap<RuleName, Scores>
  models: ReadonlyMap<string, ModelRecord>
}

type ModelRecord = { right: number; answered: number }

export type Plan = {
  models: readonly PanelModel[]
  rules: readonly RuleName[]
  method: Method
  /**
   * Graded questions besides those to be scored. Those of a data set that is scored count as its own; all others are of the domain, and
   * count as every data set's own.
   */
  more: readonly Question[]
}

/** Scores every rule on every data set, by what was learned from other questions. */
export function evaluateBallots(questions: readonly Question[], plan: Plan): Evaluation {
  const scoredAnywhere = new Set(questions.map(({ hash }) => hash))
  const more = plan.more.filter(({ hash }) => !scoredAnywhere.has(hash))
  const rulesFor = teach(
    Map.groupBy(questions, ({ dataset }) => dataset),
    { ...plan, more },
  )
  const board = scoreboard(plan)
  for (const question of questions) board.add(question, rulesFor(question))
  return board.evaluation()
}

/** What there is to conclude a question by; undefined where it only teaches. */
export type RulesFor = (question: Question) => ReadonlyMap<RuleName, Conclude> | undefined

/** Rules are taught when the first question is scored by them. `plan.more` must hold no question that is scored. */
export function teach(datasets: ReadonlyMap<string, readonly Question[]>, plan: Plan): RulesFor {
  const { models, rules, method } = plan
  const splits = new Map([...datasets.keys()].map((name) => [name, splitsFor(name, datasets, plan)]))
  const ready = new Map([...datasets.keys()].map((name) => [name, new Map<number, Map<RuleName, Conclude>>()]))
  return (question) => {
    const own = splits.get(question.dataset)
    const split = own?.scoredBy(question)
    if (own === undefined || split === undefined) return undefined
    const known = ready.get(question.dataset)?.get(split)
    if (known !== undefined) return known
    const fresh = taught(rules, { models, training: own.training(split), anchored: 'anchors' in method })
    ready.get(question.dataset)?.set(split, fresh)
    return fresh
  }
}

function splitsFor(name: string, datasets: ReadonlyMap<string, readonly Question[]>, { method, more }: Plan) {
  const elsewhere = [...datasets].filter(([other]) => other !== name).map(([, others]) => others)
  const graded = elsewhere.flatMap((others) => ('anchors' in method ? anchorsIn(others, method) : others))
  return splitsOf(method, datasets.get(name) ?? [], {
    own: more.filter(({ dataset }) => dataset === name || !datasets.has(dataset)),
    others: [...graded, ...more.filter(({ dataset }) => dataset !== name && datasets.has(dataset))],
  })
}

function anchorsIn(questions: readonly Question[], method: Method): readonly Question[] {
  return splitsOf(method, questions, { own: [], others: [] }).training(0).own
}

/** Adds up what each rule makes of each question. */
export function scoreboard({ models, rules }: Plan) {
  const datasets = new Map<string, DatasetEvaluation>()
  return {
    add(question: Question, ready: ReadonlyMap<RuleName, Conclude> | undefined): void {
      const held = datasets.get(question.dataset) ?? nothingScored(models, rules)
      datasets.set(question.dataset, held)
      if (ready === undefined) return
      held.questions += 1
      for (const [index, { model }] of models.entries()) {
        const record = held.models.get(model)
        if (record === undefined) continue
        if (question.keys[index] !== undefined) record.answered += 1
        if (question.right[index] === true) record.right += 1
      }
      const plain = ready.get('majority')?.(question)
      for (const [rule, scores] of held.rules) {
        const conclusion = rule === 'majority' ? plain : ready.get(rule)?.(question)
        if (conclusion !== undefined) addTo(scores, conclusion, plain)
      }
    },
    evaluation: (): Evaluation => datasets,
  }
}

function nothingScored(models: readonly PanelModel[], rules: readonly RuleName[]): DatasetEvaluation {
  return {
    questions: 0,
    rules: new Map(rules.map((rule) => [rule, noScores()])),
    models: new Map(models.map(({ model }) => [model, { right: 0, answered: 0 }])),
  }
}
