import { turnForms } from '@concord/contracts/turns'
import type { TurnPurpose } from '@concord/contracts/turns'
import { z } from 'zod'
import { toStrictSchema } from './json-schema.ts'
import type { JsonSchema } from './json-schema.ts'

/** The form of a structured answer: what it is checked by, what it is coerced by, and what the model is given. */
export type AnswerForm = { name: string; schema: z.ZodType; jsonSchema: JsonSchema; strictSchema: JsonSchema }

const forms: Record<keyof typeof turnForms, AnswerForm> = {
  opening: answerForm(turnForms.opening),
  vote: answerForm(turnForms.vote),
  debate: answerForm(turnForms.debate),
}

/** Undefined for a synthesis, which is plain text. */
export function formOf(purpose: TurnPurpose): AnswerForm | undefined {
  return purpose === 'synthesis' ? undefined : forms[purpose]
}

function answerForm({ name, schema }: { name: string; schema: z.ZodType }): AnswerForm {
  const jsonSchema = { ...z.toJSONSchema(schema) }
  return { name, schema, jsonSchema, strictSchema: toStrictSchema(jsonSchema) }
}
