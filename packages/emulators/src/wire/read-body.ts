import type { z } from 'zod'
import { Refusal } from './refusal.ts'

/** Parses a request's body; the first thing wrong with it becomes the provider's 400. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const param = issue?.path.join('.') ?? ''
  throw new Refusal({
    kind: 'invalid',
    status: 400,
    message: `${param || 'body'}: ${issue?.message ?? 'invalid'}`,
    param,
  })
}

/** Every model name is known but the one that tests of a 404 ask for. */
export function knownModel(model: string): string {
  if (model !== 'no-such-model') return model
  throw new Refusal({
    kind: 'unknown_model',
    status: 404,
    message: `The model \`${model}\` does not exist or you do not have access to it.`,
    param: 'model',
  })
}
