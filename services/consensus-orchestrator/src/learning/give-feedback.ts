import type { Feedback, GiveFeedback } from '@concord/contracts/feedback'
import { AppError } from '@concord/service-kit/errors'
import type { Deps } from '../ports.ts'
import { utcDay } from '../submission/day.ts'
import { gradeAnswers } from './grade-answers.ts'
import { learnGrades, takenBack } from './learn-grades.ts'
import type { GradedLine } from './ports.ts'

type FeedbackDeps = Pick<Deps, 'inTransaction' | 'now' | 'learned' | 'settings' | 'measures'>

/**
 * Grades the models of an ended query by what its owner says of the answer; said again, it replaces what was said before. Beyond the owner's
 * allowance of the day it is kept without weight. Undefined where the owner has no such query, 409 where there is no answer to judge.
 */
export async function giveFeedback(
  deps: FeedbackDeps,
  { id, owner }: { id: string; owner: string },
  body: GiveFeedback,
): Promise<Feedback | undefined> {
  let graded = 0
  const given = await deps.inTransaction(async (tx): Promise<Feedback | undefined> => {
    const query = await tx.lockQuery(id)
    if (query?.owner !== owner) return undefined
    if (query.status === 'processing') throw new AppError('conflict', 'the query is still running')
    if (query.status !== 'completed') throw new AppError('conflict', 'the query ended without an answer')

    const models = gradeAnswers(query, await tx.readTurns(query), body)
    const grades = models.flatMap(({ grade }) => grade ?? [])
    const givenAt = deps.now()
    const day = utcDay(givenAt)
    const before = await tx.feedback(id)
    const counted = before?.counted === true || (await tx.countFeedback(owner, day, deps.settings.feedbackPerDay))
    const { domain } = query
    await tx.saveFeedback({ queryId: id, correct: body.correct, counted, domain, grades, givenAt })
    if (counted) {
      const line = (source: GradedLine['source']) => (grade: (typeof grades)[number]) => ({ ...grade, domain, source })
      const agreed = await tx.takeBackAgreement(id, day)
      const old = before?.counted === true ? before.grades : []
      const lines = [
        ...takenBack(old).map(line('feedback')),
        ...takenBack(agreed).map(line('agreement')),
        ...grades.map(line('feedback')),
      ]
      await learnGrades(tx, lines, day)
    }
    graded = counted ? grades.length : 0
    return {
      query_id: id,
      correct: body.correct,
      expected_answer: body.expected_answer ?? null,
      graded: models.map(({ model, correct }) => ({ model, correct })),
    }
  })
  deps.learned.forget()
  deps.measures.graded('feedback', graded)
  return given
}
