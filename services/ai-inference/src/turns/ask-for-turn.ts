import type { TurnOutput, TurnPrompt, TurnPurpose } from '@concord/contracts/turns'
import type { CallModel, Meter } from '../calls/call-model.ts'
import { ModelError } from '../calls/model-error.ts'
import type { CatalogueModel } from '../models/catalogue.ts'
import type { ModelAnswer } from '../ports.ts'
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

/** Asks for a turn's answer in its form; one that cannot be mended is asked for once more. Rejects as `CallModel` does. */
export async function askForTurn(callModel: CallModel, question: TurnQuestion): Promise<TurnAnswer> {
  const form = formOf(question.purpose)
  const first = await ask(callModel, question, form, question.prompt.user)
  const read = readAnswer(form, first)
  if (read) return read
  const second = await ask(callModel, question, form, repairPrompt(question.prompt.user, first.text))
  const mended = readAnswer(form, second)
  if (mended) return { ...mended, salvaged: true }
  throw new ModelError('malformed_output', 'the answer did not follow the form, also when asked again', {
    retryable: false,
  })
}

function ask(callModel: CallModel, question: TurnQuestion, form: AnswerForm | undefined, user: string) {
  const { model, prompt, deadlineAt, signal, meter, maxAttempts, onDelta } = question
  const { limits, reasoning, takes_temperature: takesTemperature } = model
  return callModel({
    model,
    deadlineAt,
    signal,
    meter,
    maxAttempts,
    onDelta,
    prompt: {
      system: prompt.system,
      user,
      ...(form ? { output: { name: form.name, jsonSchema: form.strictSchema } } : {}),
      maxOutputTokens: Math.min(limits.max_output_tokens, prompt.max_output_tokens + reasoning.headroom_tokens),
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
