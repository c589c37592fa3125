import { Feedback, type GiveFeedback } from '@concord/contracts/feedback'
import type { QueryResults } from '@concord/contracts/queries'

type Completed = Extract<QueryResults, { status: 'completed' }>

/** Who gave the council's answer is graded as it was; the others only where it is known what was right. */
export function feedbackOn({ query_id, consensus, individual_responses }: Completed, given: GiveFeedback): Feedback {
  const right = given.correct ? consensus.answer : (given.expected_answer ?? null)
  return Feedback.parse({
    query_id,
    correct: given.correct,
    expected_answer: given.expected_answer ?? null,
    graded: Object.entries(individual_responses).map(([model, { response }]) => {
      if (response === null) return { model, correct: null }
      if (right !== null) return { model, correct: response === right }
      return { model, correct: response === consensus.answer ? false : null }
    }),
  })
}
