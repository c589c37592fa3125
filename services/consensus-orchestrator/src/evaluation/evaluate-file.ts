import { scoreboard, teach, type Evaluation, type Plan, type RulesFor } from './evaluate-ballots.ts'
import { keepQuestions } from './keep-questions.ts'
import { nearestTo } from './nearest-name.ts'
import type { Question } from './question.ts'
import { emptyReading, nameOf, readQuestions, type Reading } from './read-questions.ts'
import { learnsNothing, taught } from './rules.ts'
import { UsageError } from './usage-error.ts'

export type FilePlan = Plan & {
  file: string
  /** Of each data set as many questions are learned from at most; more would change nothing of what is learned. */
  mostPerDataset?: number
}

/**
 * Evaluates a file in memory that does not grow with it: rules that learn read it twice where it is long, once to learn from a part and
 * once to be scored. Standard input, which can be read only once, is held whole.
 */
export async function evaluateFile({
  file,
  mostPerDataset = 20_000,
  ...plan
}: FilePlan): Promise<{ evaluation: Evaluation; reading: Reading }> {
  const reading = emptyReading()
  const first = readQuestions(file, namesOf(plan), reading)
  if (!('anchors' in plan.method) && plan.rules.every(learnsNothing)) {
    const evaluation = await scored(first, plan, withoutLearning(plan))
    refuseUnknown(file, plan, reading)
    return { evaluation, reading }
  }
  const { datasets, more, isComplete } = await gathered(
    first,
    plan,
    file === '-' ? Number.POSITIVE_INFINITY : mostPerDataset,
  )
  refuseUnknown(file, plan, reading)
  const again = isComplete ? datasets.values() : readQuestions(file, namesOf(plan))
  return { evaluation: await scored(again, plan, teach(datasets, { ...plan, more })), reading }
}

/** What there is to learn from. Where a question to be scored is among the additional ones, these do not teach it. */
async function gathered(pieces: Pieces, plan: Plan, most: number) {
  const anchors = 'anchors' in plan.method ? plan.method.anchors : 0
  const kept = keepQuestions(Math.max(most, anchors))
  const alsoTaught = new Set(plan.more.map(({ hash }) => hash))
  for await (const questions of pieces) {
    for (const question of questions) {
      kept.add(question)
      alsoTaught.delete(question.hash)
    }
  }
  const more = plan.more.filter(({ hash }) => alsoTaught.has(hash))
  return { datasets: kept.questions(), more, isComplete: kept.isComplete() }
}

async function scored(pieces: Pieces, plan: Plan, rulesFor: RulesFor): Promise<Evaluation> {
  const board = scoreboard(plan)
  for await (const questions of pieces) for (const question of questions) board.add(question, rulesFor(question))
  return board.evaluation()
}

type Pieces = AsyncIterable<readonly Question[]> | Iterable<readonly Question[]>

function withoutLearning({ rules, models }: Plan): RulesFor {
  const ready = taught(rules, { models, training: { own: [], others: [] }, anchored: false })
  return () => ready
}

function namesOf({ models }: Plan): string[] {
  return models.map(({ model }) => model)
}

function refuseUnknown(file: string, plan: Plan, { models }: Reading): void {
  const missing = namesOf(plan).filter((model) => !models.has(model))
  if (missing.length === 0) return
  const near = missing.map((model) => {
    const name = nearestTo(model, [...models])
    return name === undefined ? model : `${model} (${name}?)`
  })
  const known = [...models].toSorted().join(', ')
  throw new UsageError(`${nameOf(file)} has no answers of ${near.join(', ')}; it has those of ${known}.`)
}
