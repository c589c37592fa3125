import type { z } from 'zod'
import { DoorError } from './door-error.ts'
import { toParam } from './openai-error.ts'

/** Parses a body; the first thing wrong with it becomes a 400 as OpenAI writes it. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  const issue = deepest(parsed.error.issues[0])
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const param = toParam([...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown.slice(0, 64)])])
  if (unknown !== undefined)
    throw new DoorError('invalid-request', `Unknown parameter: '${param}'.`, { param, code: 'unknown_parameter' })
  const message = `Invalid value${param ? ` for '${param}'` : ''}: ${issue?.message ?? 'the body is no JSON object'}.`
  throw new DoorError('invalid-request', message, { code: 'invalid_value', ...(param ? { param } : {}) })
}

/** Of a union's branches, the one that came farthest says best what is wrong. */
function deepest(issue: z.core.$ZodIssue | undefined): z.core.$ZodIssue | undefined {
  if (issue?.code !== 'invalid_union') return issue
  // A list that is only too long is of the right kind.
  const tooLong = issue.errors
    .map(([first]) => first)
    .find((first) => first?.code === 'too_big' && first.path.length === 0)
  if (tooLong) return { ...tooLong, path: issue.path }
  const inner = issue.errors
    .map(([first]) => deepest(first))
    .filter((branch) => branch !== undefined)
    .toSorted((a, b) => b.path.length - a.path.length)[0]
  return inner && inner.path.length > 0 ? { ...inner, path: [...issue.path, ...inner.path] } : issue
}
