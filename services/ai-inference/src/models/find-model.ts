type Named = { name: string; provider: string; family: string; provider_model: string }

/**
 * The model that a client calls by its name here (`gpt5`), or by its provider or that one's family and either name
 * (`openai/gpt-5.6-terra`, `google/gemini`). Undefined where there is none.
 */
export function findModel<Model extends Named>(models: ReadonlyMap<string, Model>, id: string): Model | undefined {
  const known = models.get(id)
  if (known) return known
  const slash = id.indexOf('/')
  if (slash < 0) return undefined
  const vendor = id.slice(0, slash)
  const name = id.slice(slash + 1)
  return [...models.values()].find(
    (model) =>
      (model.provider === vendor || model.family === vendor) && (model.provider_model === name || model.name === name),
  )
}
