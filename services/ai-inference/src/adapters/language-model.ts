import type { CatalogueModel } from '../models/catalogue.ts'
import type { ProviderAccess } from '../models/provider-access.ts'
import type { LanguageModelV1 } from '../ports.ts'
import { anthropicModel } from './anthropic-model.ts'
import { geminiModel } from './gemini-model.ts'
import { openAiModel } from './openai-model.ts'

/** The adapter of the model's provider. Its SDK is loaded at the first call. */
export function languageModel(model: CatalogueModel, access: ProviderAccess): LanguageModelV1 {
  return { openai: openAiModel, xai: openAiModel, anthropic: anthropicModel, gemini: geminiModel }[model.provider](
    model,
    access,
  )
}
