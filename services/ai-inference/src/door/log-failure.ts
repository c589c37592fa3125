import { ModelError } from '../calls/model-error.ts'
import { providerFacts } from '../calls/provider-facts.ts'
import { toOpenAiError } from './openai-error.ts'

type Log = Record<'info' | 'error', (facts: object, message: string) => void>

/** Once a failure, without what a provider wrote: that may repeat the prompt. */
export function logFailure(log: Log, thrown: unknown): void {
  const { status, body } = toOpenAiError(thrown)
  const level = status >= 500 ? 'error' : 'info'
  const facts = { status, code: body.error.code, param: body.error.param }
  if (thrown instanceof ModelError)
    log[level]({ ...facts, reason: thrown.reason, ...providerFacts(thrown.cause) }, thrown.message)
  else log[level]({ ...facts, err: thrown }, body.error.message)
}
