import type { z } from 'zod'

type Documented = { operationId: string; summary: string; tags: string[] }

/**
 * A route's schema for the API document alone: its handler reads the body itself, since what is wrong with it is told in OpenAI's
 * words.
 */
export function documentedBody(body: z.ZodType, about: Documented) {
  return { schema: { ...about, body }, validatorCompiler: () => (value: unknown) => ({ value }) }
}
