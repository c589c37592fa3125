import type { Deps } from '../ports.ts'
import { utcDay } from '../submission/day.ts'
import { gradesByAgreement } from './grade-by-agreement.ts'
import { learnGrades } from './learn-grades.ts'
import type { LearnedReliability, LearningTransaction } from './ports.ts'
import { refit } from './refit.ts'

type NightlyDeps = Pick<Deps, 'inTransaction' | 'now' | 'learned' | 'measures'>

/** So much may agreement and anchors differ before somebody should look. */
const alarming = 0.15
const mostAtOnce = 1_000

type Night = { graded: number; more: boolean; alarms: readonly LearnedReliability[] }

/**
 * Once a UTC day: grades by agreement what was asked since the last time, and lets every reliability move by another day's cap. One replica
 * at a time; each transaction is whole, so that a night that breaks off is taken up where it stood. Undefined where there is nothing to do;
 * `alarms` are the models and domains where agreement tells another story than the anchors.
 */
export async function learnNightly(deps: NightlyDeps, signal?: AbortSignal): Promise<Omit<Night, 'more'> | undefined> {
  const day = utcDay(deps.now())
  let graded = 0
  for (;;) {
    const night = await deps.inTransaction((tx) => learnSome(tx, day))
    if (night === undefined) return graded === 0 ? undefined : { graded, alarms: [] }
    graded += night.graded
    deps.measures.graded('agreement', night.graded)
    deps.learned.forget()
    if (!night.more) return { graded, alarms: night.alarms }
    if (signal?.aborted) return { graded, alarms: [] }
  }
}

async function learnSome(tx: LearningTransaction, day: string): Promise<Night | undefined> {
  if (!(await tx.takeTask('agreement', day))) return undefined
  const ballots = await tx.ungradedBallots(mostAtOnce)
  const anchors = ballots.length === 0 ? [] : (await tx.grades()).filter(({ source }) => source === 'anchor')
  const agreed = gradesByAgreement(ballots, anchors)
  await tx.saveAgreement(agreed, day)
  const lines = agreed.flatMap(({ domain, grades }) =>
    grades.map((grade) => ({ ...grade, domain, source: 'agreement' as const })),
  )
  await learnGrades(tx, lines, day)
  if (ballots.length === mostAtOnce) return { graded: lines.length, more: true, alarms: [] }

  await tx.lockGrades()
  const rows = refit(await tx.grades(), await tx.reliabilities(), day)
  await tx.saveReliabilities(rows)
  await tx.finishTask('agreement', day)
  const alarms = rows.filter(({ disagreement }) => Math.abs(disagreement ?? 0) > alarming)
  return { graded: lines.length, more: false, alarms }
}
