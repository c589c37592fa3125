import { z } from 'zod'
import { QueryId } from './ids.ts'
import { ModelName } from './queries.ts'

/** Body of `POST /queries/{id}/feedback`: whether the council's answer was right, and where it was not, what is. */
export const GiveFeedback = z
  .strictObject({
    correct: z.boolean(),
    expected_answer: z.string().min(1).max(2_000).regex(/\S/, 'expected some text').optional(),
  })
  .meta({ id: 'GiveFeedback' })
export type GiveFeedback = z.output<typeof GiveFeedback>

/** How each model of the panel was graded by it; `correct` is null for a model that it says nothing of. */
export const Feedback = z
  .object({
    query_id: QueryId,
    correct: z.boolean(),
    expected_answer: z.string().nullable(),
    graded: z.array(z.object({ model: ModelName, correct: z.boolean().nullable() })),
  })
  .meta({ id: 'Feedback' })
export type Feedback = z.output<typeof Feedback>
