import { fitConfidenceCurve } from '../calibration/confidence-curve.ts'
import { fitPooling } from '../calibration/pooling.ts'
import { reliabilityFrom } from '../calibration/reliability.ts'
import { condensed, enoughItems, type TrackRecord } from '../calibration/track-record.ts'
import type { Panelist } from '../decision/model.ts'
import { probabilityOf } from '../decision/weights.ts'
import type { Council, CouncilConclusion, FittedSettings } from './council.ts'
import { lowest } from './keep-questions.ts'
import type { Question } from './question.ts'

export type PanelModel = { model: string; family: string }

/** Graded questions that are not scored: of the domain itself, and of all others. */
export type Training = { own: readonly Question[]; others: readonly Question[] }

export type Decider = (question: Question, council: Council) => CouncilConclusion

const groups = 10
/** More questions than this change none of the few parameters that are fitted to all of them. */
const mostQuestions = 4_000

/**
 * A council as its track record makes it. How ballots are pooled and what a posterior is worth is fitted on conclusions about questions of
 * which the models' own records had been ignorant, as they will be of those to come.
 */
export function learn(models: readonly PanelModel[], training: Training): (decider: Decider) => Council {
  const own = recordsOf(models, training.own)
  const others = recordsOf(models, training.others)
  const panel = panelFrom(models, own, others, enoughItems)
  const source = training.own.length >= enoughItems ? training.own : [...training.own, ...training.others]
  if (source.length < enoughItems) return () => ({ panel, fitted: {} })

  const fromOwn = source === training.own
  const blind = Array.from({ length: groups }, (_, left) => {
    const rest = (records: Records) => records.map((of) => of.filter((_record, group) => group !== left))
    return fromOwn ? panelFrom(models, rest(own), others, 1) : panelFrom(models, rest(own), rest(others), 1)
  })
  const sample = source.length <= mostQuestions ? source : lowest(source, mostQuestions)
  const blindPanel = (question: Question) => blind[groupOf(question)] ?? panel
  const pooling: FittedSettings =
    fitPooling(sample.map((question) => gradedQuestion(question, blindPanel(question)))) ?? {}
  return (decider) => {
    const conclusions = sample.map((question) => decider(question, { panel: blindPanel(question), fitted: pooling }))
    const confidenceCurve = fitConfidenceCurve(conclusions)
    return { panel, fitted: confidenceCurve === undefined ? pooling : { ...pooling, confidenceCurve } }
  }
}

/** For each model its record in each group. */
type Records = readonly (readonly TrackRecord[])[]

function recordsOf(models: readonly PanelModel[], questions: readonly Question[]): Records {
  const byGroup = Map.groupBy(questions, groupOf)
  return models.map((_, index) =>
    Array.from({ length: groups }, (_group, group) =>
      condensed((byGroup.get(group) ?? []).flatMap((question) => graded(question, index))),
    ),
  )
}

function graded({ finals, right, confidences }: Question, index: number): TrackRecord {
  if (finals[index] === undefined) return []
  const confidence = confidences[index] ?? null
  if (finals[index] === null) return [{ confidence: null, right: 0, wrong: 0, abstained: 1 }]
  return [right[index] === true ? { confidence, right: 1, wrong: 0 } : { confidence, right: 0, wrong: 1 }]
}

function panelFrom(models: readonly PanelModel[], own: Records, others: Records, enough: number): Panelist[] {
  return models.map(({ model, family }, index) => {
    const inDomain = (own[index] ?? []).flat()
    const overall = [...inDomain, ...(others[index] ?? []).flat()]
    return { model, family, reliability: reliabilityFrom(inDomain, overall, enough) }
  })
}

function gradedQuestion({ keys, right, confidences, options }: Question, panel: readonly Panelist[]) {
  const answers = panel.flatMap(({ family, reliability }, index) => {
    const key = keys[index]
    if (key === undefined) return []
    const probability = probabilityOf(reliability, confidences[index] ?? null)
    return [{ family, probability, key, right: right[index] === true }]
  })
  return { options, answers }
}

/** Not the digits that folds are made from, or a group would be missing from every fold. */
function groupOf({ hash }: Question): number {
  return Math.floor(hash / 1_000) % groups
}
