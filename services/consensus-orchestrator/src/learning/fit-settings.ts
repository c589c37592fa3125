import { setImmediate } from 'node:timers/promises'
import { domains } from '@concord/contracts/domains'
import type { PanelModel } from '@concord/contracts/panel'
import { anchorNumber } from '../anchors/choose-anchor.ts'
import type { Anchor, AnchorAnswer } from '../anchors/ports.ts'
import { enoughItems } from '../calibration/track-record.ts'
import { optionCount } from '../decision/weights.ts'
import { decideTogether } from '../evaluation/council.ts'
import { learn } from '../evaluation/learn.ts'
import type { AskedFor, Question } from '../evaluation/question.ts'
import type { Deps, Transaction } from '../ports.ts'
import { utcDay } from '../submission/day.ts'
import { isSameModel, keyOf } from './model-key.ts'
import type { Fitted } from './ports.ts'

type FitTransaction = Pick<Transaction, 'takeTask' | 'anchorAnswers' | 'saveFitted' | 'finishTask'>
export type FitDeps = Pick<Deps, 'anchors' | 'panel' | 'now' | 'learned'> & {
  inTransaction: <Result>(work: (tx: FitTransaction) => Promise<Result>) => Promise<Result>
}

const dayMs = 24 * 60 * 60 * 1_000
/** How long an answer to an anchor says something of how the panel's ballots go together. */
const usableDays = 365

/**
 * Once a UTC day: fits how ballots are pooled and what a posterior is worth on what the panel answered to anchors, as `evaluate` does on
 * recorded answers. Users' feedback is left out: whoever gives it could steer everybody's results by it. False where it has been done.
 */
export async function fitSettings(deps: FitDeps): Promise<boolean> {
  const now = deps.now()
  const day = utcDay(now)
  const since = new Date(now.getTime() - usableDays * dayMs)
  const answers = await deps.inTransaction(async (tx) =>
    (await tx.takeTask('pooling', day)) ? tx.anchorAnswers(since) : undefined,
  )
  if (answers === undefined) return false
  const rows = answers.length === 0 ? [] : await fitted(deps.anchors, answers, await deps.panel())
  // Whoever was slower finds that it has been done; nothing was locked while it was fitted.
  const saved = await deps.inTransaction(async (tx) => {
    if (!(await tx.takeTask('pooling', day))) return false
    await tx.saveFitted(rows, day)
    await tx.finishTask('pooling', day)
    return true
  })
  if (saved) deps.learned.forget()
  return saved
}

async function fitted(
  anchors: readonly Anchor[],
  answers: readonly AnchorAnswer[],
  panel: readonly PanelModel[],
): Promise<Fitted[]> {
  const found: Fitted[] = []
  for (const sandbox of [false, true]) {
    const models = panel.filter((model) => {
      const key = keyOf(model)
      return key.sandbox === sandbox && answers.some((answer) => isSameModel(answer, key))
    })
    const questions = questionsFrom(anchors, answers, models)
    for (const scope of ['overall', ...domains] as const) {
      const own = scope === 'overall' ? questions : questions.filter(({ dataset }) => dataset === scope)
      if (own.length < enoughItems) continue
      const others = questions.filter((question) => !own.includes(question))
      const named = models.map(({ name, family }) => ({ model: name, family }))
      const { fitted: settings } = learn(named, { own, others })(decideTogether)
      found.push({ sandbox, scope, models: models.length, questions: own.length, settings })
      // Others have their turn between two fits.
      await setImmediate()
    }
  }
  return found
}

/** Anchors that two models or more have answered, as the evaluation reads recorded questions. */
function questionsFrom(
  anchors: readonly Anchor[],
  answers: readonly AnchorAnswer[],
  models: readonly PanelModel[],
): Question[] {
  const byAnchor = Map.groupBy(answers, ({ anchorId }) => anchorId)
  return anchors.flatMap((anchor) => {
    const own = byAnchor.get(anchor.id) ?? []
    const latest = models.map((model) => own.findLast((answer) => isSameModel(answer, keyOf(model))))
    const given = latest.filter((answer) => answer !== undefined && answer.answer !== null)
    return given.length < 2 ? [] : [questionFrom(anchor, latest)]
  })
}

function questionFrom(anchor: Anchor, latest: readonly (AnchorAnswer | undefined)[]): Question {
  const marks = [...new Set(latest.flatMap((answer) => answer?.answer ?? []))]
  const options = optionCount(anchor.answer_type, anchor.choices, marks)
  const asked = askedFor(anchor, options)
  const numberOf = (mark: string) => marks.indexOf(mark)
  return {
    dataset: anchor.domain,
    hash: anchorNumber(anchor.id),
    asked,
    options,
    finals: latest.map((answer) => {
      if (answer === undefined) return undefined
      return answer.answer === null ? null : finalOf(numberOf(answer.answer))
    }),
    confidences: latest.map((answer) => (typeof answer?.confidence === 'number' ? answer.confidence / 100 : null)),
    keys: latest.map((answer) => (typeof answer?.answer === 'string' ? String(numberOf(answer.answer)) : undefined)),
    right: latest.map((answer) => answer?.right === true),
  }
}

/** The answers themselves are not kept; numbers stand for them. */
function finalOf(answer: number): string {
  return `k${answer}`
}

function askedFor({ answer_type: answerType }: Anchor, options: number): AskedFor {
  if (answerType === 'number') return { answerType, choices: null, asWritten: true }
  const choices = Array.from({ length: options }, (_, index) => finalOf(index))
  return { answerType: 'choice', choices, asWritten: false }
}
