import type { Provider } from '../wire/wire.ts'

export const families = ['openai', 'anthropic', 'gemini', 'xai'] as const satisfies readonly Provider[]

/** The vendor of a model by its name, with or without a vendor before a slash: `openai/gpt-4.1`, `grok`, `claude-sonnet-4-5`. */
export function familyOf(model: string): Provider | undefined {
  const name = model.toLowerCase()
  if (/gpt|^o\d|openai|\/o\d/.test(name)) return 'openai'
  if (/claude|anthropic/.test(name)) return 'anthropic'
  if (/gemini|google/.test(name)) return 'gemini'
  if (/grok|x-?ai/.test(name)) return 'xai'
  return undefined
}
