import type { ChatCompletionRequest } from '@concord/contracts/chat-completions'
import type { CatalogueModel, Provider } from '../models/catalogue.ts'

type Param = keyof ChatCompletionRequest

const sampling: readonly Param[] = ['temperature', 'top_p', 'frequency_penalty', 'presence_penalty']
const unknownTo: Record<Provider, readonly Param[]> = {
  openai: [],
  xai: ['verbosity'],
  gemini: ['verbosity'],
  anthropic: ['verbosity', 'seed', 'frequency_penalty', 'presence_penalty'],
}

/**
 * The preferences of a request that the model does not know and that are left out, as wishes about its sampling may be; the answer
 * names them. What would change an answer's form is never left out but refused.
 */
export function leftOut(model: CatalogueModel, request: ChatCompletionRequest): string[] {
  const params = [...(model.takes_temperature ? [] : sampling), ...unknownTo[model.provider]]
  return [...new Set(params)].filter((param) => {
    const value = request[param]
    return value !== undefined && value !== null && value !== neutral[param]
  })
}

/** What they are where nothing is asked for; models that take no temperature take this one. */
const neutral: Partial<Record<Param, number>> = { temperature: 1, top_p: 1, frequency_penalty: 0, presence_penalty: 0 }
