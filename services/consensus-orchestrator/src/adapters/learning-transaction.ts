import type { Db } from '@concord/database/database'
import { and, eq, isNull, lt, or, sql } from '@concord/database/sql'
import type { SQL } from '@concord/database/sql'
import {
  feedback,
  fittedSettings,
  gradedCounts,
  learningTasks,
  pastBallots,
  reliabilities,
} from '../db/learning-schema.ts'
import { dailyUsage } from '../db/schema.ts'
import type { GradedLine, LearningTransaction, ModelKey, PastBallots, Task } from '../learning/ports.ts'

const notStated = -1

export function learningTransaction(tx: Db): LearningTransaction {
  return {
    async lockGrades() {
      await tx.insert(learningTasks).values({ task: 'grades' }).onConflictDoNothing()
      await tx.select().from(learningTasks).where(eq(learningTasks.task, 'grades')).for('update')
    },
    addGrades: (lines) => addGrades(tx, lines),
    async grades(models) {
      const rows = await tx
        .select()
        .from(gradedCounts)
        .where(models && oneOf(gradedCounts, models))
      return rows
        .filter(({ right, wrong, abstained }) => right + wrong + abstained > 0)
        .map((row) => ({ ...row, confidence: row.confidence === notStated ? null : row.confidence }))
    },
    reliabilities: (models) =>
      tx
        .select()
        .from(reliabilities)
        .where(models && oneOf(reliabilities, models)),
    async saveReliabilities(rows) {
      if (rows.length === 0) return
      const { model, providerModel, sandbox, scope } = reliabilities
      await tx
        .insert(reliabilities)
        .values([...rows])
        .onConflictDoUpdate({
          target: [model, providerModel, sandbox, scope],
          set: {
            current: sql`excluded.current`,
            former: sql`excluded.former`,
            day: sql`excluded.day`,
            shown: sql`excluded.shown`,
            disagreement: sql`excluded.disagreement`,
          },
        })
    },
    async saveFitted(rows, day) {
      await tx.delete(fittedSettings)
      if (rows.length > 0) await tx.insert(fittedSettings).values(rows.map((row) => ({ ...row, day })))
    },
    ...feedbackRows(tx),
    ...ballotRows(tx),
    ...tasks(tx),
  }
}

/** One statement, its rows in one order, so that two of them never wait for one another. */
async function addGrades(tx: Db, lines: readonly GradedLine[]): Promise<void> {
  const sums = new Map<string, typeof gradedCounts.$inferInsert>()
  for (const { right, wrong, abstained, ...line } of lines) {
    const of = { ...line, confidence: line.confidence ?? notStated }
    const key = JSON.stringify([of.model, of.providerModel, of.sandbox, of.domain, of.source, of.confidence])
    const sum = sums.get(key) ?? { ...of, right: 0, wrong: 0, abstained: 0 }
    sum.right += right
    sum.wrong += wrong
    sum.abstained += abstained
    sums.set(key, sum)
  }
  const rows = [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  if (rows.length === 0) return
  const { model, providerModel, sandbox, domain, source, confidence } = gradedCounts
  // What was counted may be taken back in fractions that do not add up to the last digit.
  const plus = (name: 'right' | 'wrong' | 'abstained') =>
    sql`greatest(0, round((${gradedCounts[name]} + ${sql.raw(`excluded."${name}"`)})::numeric, 9))::float8`
  await tx
    .insert(gradedCounts)
    .values(rows)
    .onConflictDoUpdate({
      target: [model, providerModel, sandbox, domain, source, confidence],
      set: { right: plus('right'), wrong: plus('wrong'), abstained: plus('abstained') },
    })
}

function oneOf(table: typeof gradedCounts | typeof reliabilities, models: readonly ModelKey[]): SQL | undefined {
  const each = models.map(({ model, providerModel, sandbox }) =>
    and(eq(table.model, model), eq(table.providerModel, providerModel), eq(table.sandbox, sandbox)),
  )
  return each.length === 0 ? sql`false` : or(...each)
}

function feedbackRows(tx: Db): Pick<LearningTransaction, 'countFeedback' | 'feedback' | 'saveFeedback'> {
  return {
    async countFeedback(owner, day, limit) {
      if (limit <= 0) return false
      const rows = await tx
        .insert(dailyUsage)
        .values({ owner, day, count: 0, feedbacks: 1 })
        .onConflictDoUpdate({
          target: [dailyUsage.owner, dailyUsage.day],
          set: { feedbacks: sql`${dailyUsage.feedbacks} + 1` },
          setWhere: lt(dailyUsage.feedbacks, limit),
        })
        .returning({ feedbacks: dailyUsage.feedbacks })
      return rows.length > 0
    },
    async feedback(queryId) {
      const [row] = await tx.select().from(feedback).where(eq(feedback.queryId, queryId))
      return row
    },
    async saveFeedback({ grades, ...plain }) {
      const row = { ...plain, grades: [...grades] }
      const { queryId: _id, ...set } = row
      await tx.insert(feedback).values(row).onConflictDoUpdate({ target: feedback.queryId, set })
    },
  }
}

function ballotRows(tx: Db): Pick<LearningTransaction, 'takeBackAgreement' | 'ungradedBallots' | 'saveAgreement'> {
  return {
    async takeBackAgreement(queryId, day) {
      const [row] = await tx.select().from(pastBallots).where(eq(pastBallots.queryId, queryId)).for('update')
      if (row === undefined) return []
      const graded = { grades: null, gradedOn: row.gradedOn ?? day }
      await tx.update(pastBallots).set(graded).where(eq(pastBallots.queryId, queryId))
      return row.grades ?? []
    },
    async ungradedBallots(limit) {
      const { queryId, domain, options, ballots } = pastBallots
      const rows: PastBallots[] = await tx
        .select({ queryId, domain, options, ballots })
        .from(pastBallots)
        .where(isNull(pastBallots.gradedOn))
        .orderBy(queryId)
        .limit(limit)
        .for('update', { skipLocked: true })
      return rows
    },
    async saveAgreement(graded, day) {
      if (graded.length === 0) return
      const values = JSON.stringify(graded.map(({ queryId: query_id, grades }) => ({ query_id, grades })))
      await tx.execute(sql`
        update ${pastBallots} set grades = found.grades, graded_on = ${day}
        from jsonb_to_recordset(${values}::jsonb) as found(query_id text, grades jsonb)
        where ${pastBallots.queryId} = found.query_id`)
    },
  }
}

function tasks(tx: Db): Pick<LearningTransaction, 'takeTask' | 'finishTask'> {
  return {
    async takeTask(task: Task, day?: string) {
      await tx.insert(learningTasks).values({ task }).onConflictDoNothing()
      const [row] = await tx
        .select()
        .from(learningTasks)
        .where(eq(learningTasks.task, task))
        .for('update', { skipLocked: true })
      return row !== undefined && (day === undefined || row.doneOn === null || row.doneOn < day)
    },
    async finishTask(task, day) {
      await tx.update(learningTasks).set({ doneOn: day }).where(eq(learningTasks.task, task))
    },
  }
}
