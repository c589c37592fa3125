import { z } from 'zod'
import { familyOf, families } from './family.ts'
import { hash, pick } from './hash.ts'

/** Body of `POST /__control/wrong`. `model` is a model's name or a family's (`gpt5`, `claude`, `gemini`, `grok`); a liar never concedes. */
export const WrongRule = z.strictObject({
  model: z.string().min(1),
  rate: z.number().min(0).max(1),
  liar: z.boolean().default(false),
})
export type WrongRule = z.output<typeof WrongRule>

export type Wrongness = {
  /** How this model stands to this question; the same every time. */
  of(model: string, question: string): { wrong: boolean; liar: boolean }
  set(rule: WrongRule): void
  clear(): void
  rules(): WrongRule[]
}

/** Unless a rule says otherwise, at most one of the four families is wrong on a question, on the given share of questions. */
export function createWrongness({ seed, rate }: { seed: number; rate: number }): Wrongness {
  const rules = new Map<string, WrongRule>()
  return {
    of(model, question) {
      const family = familyOf(model)
      const rule = rules.get(model) ?? (family === undefined ? undefined : rules.get(family))
      if (rule) return { wrong: hash(`${seed}|rule|${model}|${question}`) < rule.rate, liar: rule.liar }
      const chosen = pick(families, `${seed}|who|${question}`)
      return { wrong: family === chosen && hash(`${seed}|whether|${question}`) < rate, liar: false }
    },
    set: (rule) => {
      rules.set(familyNamed(rule.model) ?? rule.model, rule)
    },
    clear: () => rules.clear(),
    rules: () => [...rules.values()],
  }
}

/** A panel's or vendor's name stands for its family; a provider's model name for itself alone. */
function familyNamed(name: string): string | undefined {
  return ['gpt5', 'claude', 'gemini', 'grok', ...families].includes(name) ? familyOf(name) : undefined
}
