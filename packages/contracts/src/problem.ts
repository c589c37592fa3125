import { z } from 'zod'

/** One fault of the input. `pointer` is a JSON pointer fragment as in RFC 9457: `#/models/0`. */
export const ProblemError = z.object({ pointer: z.string(), detail: z.string() })
export type ProblemError = z.output<typeof ProblemError>

/** RFC 9457 problem details, as every error of the API is sent. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().optional(),
    instance: z.string(),
    trace_id: z.string(),
    errors: z.array(ProblemError).optional(),
  })
  .meta({ id: 'Problem' })
export type Problem = z.output<typeof Problem>
