import type { AnswerForm } from './answer-form.ts'
import { coerce } from './coerce.ts'
import { jsonCandidates } from './json-candidates.ts'

/** `salvaged`: the answer was not what had been asked for, and was mended. */
export type Salvage = { json: unknown; salvaged: boolean }

/** Reads a structured answer, mending what can be mended without guessing. Undefined when nothing of it follows the form. */
export function salvage(form: AnswerForm, text: string): Salvage | undefined {
  for (const [index, candidate] of [...jsonCandidates(text)].entries()) {
    const exact = form.schema.safeParse(candidate)
    if (exact.success) return { json: exact.data, salvaged: index > 0 || !isPlainJson(text) }
    const mended = form.schema.safeParse(coerce(form.jsonSchema, candidate))
    if (mended.success) return { json: mended.data, salvaged: true }
  }
  return undefined
}

function isPlainJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
