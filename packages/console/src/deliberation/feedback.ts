import { signal } from '@preact/signals'
import type { Feedback, GiveFeedback } from '@concord/contracts/feedback'
import { giveFeedback } from '../api/queries.ts'

export const expectedMax = 2_000

/** What was said since the page was loaded, by query. */
export const recorded = signal<ReadonlyMap<string, Feedback>>(new Map())

/** `expected` is what the person wrote, as it stands. Throws a RequestFailure, and then nothing has changed. */
export async function recordFeedback(queryId: string, correct: boolean, expected = ''): Promise<Feedback> {
  const feedback = await giveFeedback(queryId, feedbackOf(correct, expected))
  recorded.value = new Map(recorded.value).set(queryId, feedback)
  return feedback
}

/** What was said before: the API shows it without the expected answer, which is not kept once the models are graded by it. */
export function earlierFeedback(queryId: string, earlier: { correct: boolean } | undefined): Feedback | undefined {
  return earlier && { query_id: queryId, correct: earlier.correct, expected_answer: null, graded: [] }
}

export function feedbackOf(correct: boolean, expected: string): GiveFeedback {
  const answer = expected.trim().slice(0, expectedMax)
  return correct || answer === '' ? { correct } : { correct, expected_answer: answer }
}
