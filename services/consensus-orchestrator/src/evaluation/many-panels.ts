import { familyOf } from '../decision/family.ts'
import { bootstrapInterval, type Interval } from './bootstrap.ts'
import type { DatasetEvaluation, Plan } from './evaluate-ballots.ts'
import { evaluateFile } from './evaluate-file.ts'
import { randomFrom } from './random.ts'
import { emptyReading, nameOf, readQuestions } from './read-questions.ts'
import type { RuleName } from './rules.ts'
import { calibrationError, noScores } from './scores.ts'
import { UsageError } from './usage-error.ts'

/** What became of one panel on one data set. Accuracies are shares; differences are of the same questions. */
export type PanelOutcome = {
  dataset: string
  models: readonly string[]
  questions: number
  /** The council's accuracy less the majority's, with its 95 % interval. */
  againstMajority: Interval & { mean: number }
  /** Expected calibration errors. */
  ece: number
  eceOfMajority: number
  /** The thrifty council's accuracy less the whole one's. */
  thrifty: number
  /** Models that the thrifty council asked for each question. */
  calls: number
}

export type Draw = { file: string; panels: number; seed: number } & Pick<Plan, 'method'>

const [smallest, largest] = [3, 8]

/** Evaluates panels of three to eight models that chance puts together, the same ones for the same seed. */
export async function* evaluateManyPanels({ file, panels, seed, method }: Draw): AsyncGenerator<PanelOutcome> {
  const known = await modelsIn(file)
  const random = randomFrom(seed)
  for (let index = 0; index < panels; index++) {
    const size = Math.min(known.length, smallest + (index % (largest - smallest + 1)))
    const models = drawn(known, size, random).map((model) => ({ model, family: familyOf(model) }))
    const rules = ['concord', 'thrifty', 'majority'] as const
    const { evaluation } = await evaluateFile({ file, models, rules, method, more: [] })
    for (const [dataset, outcome] of evaluation) yield outcomeOf(dataset, outcome)
  }
}

async function modelsIn(file: string): Promise<string[]> {
  const reading = emptyReading()
  for await (const _ of readQuestions(file, [], reading));
  if (reading.models.size < smallest)
    throw new UsageError(`${nameOf(file)} has answers of ${reading.models.size} models; panels take ${smallest}.`)
  return [...reading.models].toSorted()
}

function drawn(names: readonly string[], count: number, random: () => number): string[] {
  const left = [...names]
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)).flat()
}

function outcomeOf(dataset: string, { questions, rules, models }: DatasetEvaluation): PanelOutcome {
  const scoresOf = (rule: RuleName) => rules.get(rule) ?? noScores()
  const [concord, thrifty] = [scoresOf('concord'), scoresOf('thrifty')]
  const { gained, lost } = concord
  const interval = bootstrapInterval([
    [-1, lost],
    [0, questions - gained - lost],
    [1, gained],
  ])
  const each = (sum: number) => sum / Math.max(1, questions)
  return {
    dataset,
    models: [...models.keys()],
    questions,
    againstMajority: { mean: each(gained - lost), ...interval },
    ece: calibrationError(concord),
    eceOfMajority: calibrationError(scoresOf('majority')),
    thrifty: each(thrifty.right - concord.right),
    calls: each(thrifty.calls),
  }
}
