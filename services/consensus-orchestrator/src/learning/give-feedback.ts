import { Feedback as FeedbackBody } from '@concord/contracts/feedback'
import type { Feedback, GiveFeedback } from '@concord/contracts/feedback'
import { AppError } from '@concord/service-kit/errors'
import type { Deps, Transaction } from '../ports.ts'
import { utcDay } from '../submission/day.ts'
import { idempotencyScope } from '../submission/idempotency-scope.ts'
import { gradeAnswers } from './grade-answers.ts'
import { learnGrades, takenBack } from './learn-grades.ts'
import type { GradedLine } from './ports.ts'

type FeedbackDeps = Pick<Deps, 'inTransaction' | 'now' | 'learned' | 'settings' | 'measures'>

type Asked = { id: string; owner: string; idempotencyKey?: string | undefined }
type Given = { feedback: Feedback; replayed: boolean }

/**
 * Grades the models of an ended query by what its owner says of the answer; said again, it replaces what was said before, unless it comes with
 * the same Idempotency-Key. Beyond the owner's allowance of the day it is kept without weight. Throws 404 where the owner has no such query,
 * 409 where there is no answer to judge.
 */
export async function giveFeedback(
  deps: FeedbackDeps,
  { id, owner, idempotencyKey: key }: Asked,
  body: GiveFeedback,
): Promise<Given> {
  let counted = 0
  const given = await deps.inTransaction(async (tx): Promise<Given> => {
    const grade = async (): Promise<Omit<Feedback, 'expected_answer'>> => {
      const { feedback, grades } = await gradeQuery(deps, tx, { id, owner }, body)
      counted = grades
      return feedback
    }
    // What the owner wrote is not kept: a repeat has brought it along again.
    const whole = (feedback: unknown) =>
      FeedbackBody.parse({ ...Object(feedback), expected_answer: body.expected_answer ?? null })
    if (key === undefined) return { feedback: whole(await grade()), replayed: false }
    const request = { scope: idempotencyScope(owner), key, body: { query_id: id, ...body } }
    const answer = await tx.answerOnce(request, async () => ({ status: 200, body: await grade() }))
    return { feedback: whole(answer.body), replayed: answer.replayed }
  })
  if (given.replayed) return given
  deps.learned.forget()
  deps.measures.graded('feedback', counted)
  return given
}

async function gradeQuery(
  deps: FeedbackDeps,
  tx: Transaction,
  { id, owner }: { id: string; owner: string },
  body: GiveFeedback,
): Promise<{ feedback: Omit<Feedback, 'expected_answer'>; grades: number }> {
  const query = await tx.lockQuery(id)
  if (query?.owner !== owner) throw new AppError('not-found', 'no such query')
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
  const graded = models.map(({ model, correct }) => ({ model, correct }))
  return { feedback: { query_id: id, correct: body.correct, graded }, grades: counted ? grades.length : 0 }
}
