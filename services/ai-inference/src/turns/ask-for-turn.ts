import type { TurnOutput, TurnPrompt, TurnPurpose } from '@concord/contracts/turns'
import type { CallModel, Meter } from '../calls/call-model.ts'
import { ModelError } from '../calls/model-error.ts'
import type { CatalogueModel } from '../models/catalogue.ts'
import type { ModelAnswer } from '../ports.ts'
import { affordableTokens } from './affordable-tokens.ts'
import { formOf } from './answer-form.ts'
import type { AnswerForm } from './answer-form.ts'
import { repairPrompt } from './repair-prompt.ts'
import { salvage } from './salvage.ts'

export type TurnQuestion = {
  model: CatalogueModel
  purpose: TurnPurpose
  prompt: TurnPrompt
  deadlineAt: number
  signal: AbortSignal
  meter: Meter
  maxAttempts: number
  onDelta: (text: string, attempt: number) => void
}

export type TurnAnswer = { output: TurnOutput; providerModel: string; salvaged: boolean }

/** Of a structured answer's raw text, which nobody needs whole beside its JSON. */
const keptCharacters = 20_000

/** Fewer output tokens than these hold no answer; a first call is made with them all the same, since the turn was asked for. */
const fewestTokens = 256

/**
 * Asks for a turn's answer in its form; one that cannot be mended is asked for once more, where the turn's bound on cost has room for it.
 * Rejects as `CallModel` does.
 */
export async function askForTurn(callModel: CallModel, question: TurnQuestion): Promise<TurnAnswer> {
  const form = formOf(question.purpose)
  const first = await ask(callModel, question, form, question.prompt.user)
  const read = readAnswer(form, first)
  if (read) return read
  const repair = repairPrompt(question.prompt.user, first.text)
  if (roomFor(question, repair) < fewestTokens) throw malformed('and the bound on cost leaves no room to ask again')
  const second = await ask(callModel, question, form, repair)
  const mended = readAnswer(form, second)
  if (mended) return { ...mended, salvaged: true }
  throw malformed('also when asked again')
}

function malformed(why: string): ModelError {
  return new ModelError('malformed_output', `the answer did not follow the form, ${why}`, { retryable: false })
}

/** Output tokens that the turn's bound on cost allows; without one, any number. */
function roomFor({ model, prompt, meter }: TurnQuestion, user: string): number {
  const { system, max_cost_usd: maxCostUsd } = prompt
  if (maxCostUsd === undefined) return Number.MAX_SAFE_INTEGER
  return affordableTokens(model, { system, user }, { maxCostUsd, spent: meter.usage })
}

function ask(callModel: CallModel, question: TurnQuestion, form: AnswerForm | undefined, user: string) {
  const { model, prompt, deadlineAt, signal, meter, maxAttempts, onDelta } = question
  const { limits, reasoning, takes_temperature: takesTemperature } = model
  const maxOutputTokens = Math.min(
    limits.max_output_tokens,
    prompt.max_output_tokens + reasoning.headroom_tokens,
    Math.max(fewestTokens, roomFor(question, user)),
  )
  return callModel({
    model,
    deadlineAt,
    signal,
    meter,
    maxAttempts,
    affordsAnother: () => roomFor(question, user) >= maxOutputTokens,
    onDelta,
    prompt: {
      system: prompt.system,
      user,
      ...(form ? { output: { name: form.name, jsonSchema: form.strictSchema } } : {}),
      maxOutputTokens,
      temperature: takesTemperature ? prompt.temperature : null,
    },
  })
}

function readAnswer(form: AnswerForm | undefined, { text, providerModel }: ModelAnswer): TurnAnswer | undefined {
  if (!form) return text.trim() === '' ? undefined : { output: { text, json: null }, providerModel, salvaged: false }
  const read = salvage(form, text)
  return (
    read && { output: { text: text.slice(0, keptCharacters), json: read.json }, providerModel, salvaged: read.salvaged }
  )
}
