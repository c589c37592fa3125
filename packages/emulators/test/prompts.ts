import { section } from '@concord/contracts/prompt-sections'
import { turnForms } from '@concord/contracts/turns'
import { z } from 'zod'

export const openingSchema = schemaOf(turnForms.opening.schema)
export const votesSchema = schemaOf(turnForms.vote.schema)
export const debateSchema = schemaOf(turnForms.debate.schema)

/** A prompt of sections in the order given, under one token: `prompt({ QUESTION: '…', 'CLAIM c1': '…' })`. */
export function prompt(sections: Record<string, string>): string {
  const token = '0123456789abcdef'
  return Object.entries(sections)
    .map(([name, text]) => section(name, token, text))
    .join('\n\n')
}

function schemaOf(schema: z.ZodType): Record<string, unknown> {
  return { ...z.toJSONSchema(schema) }
}
