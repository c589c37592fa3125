import { z } from 'zod'
import { familyOf, families } from './family.ts'
import { hash, pick } from './hash.ts'
import { Tactic } from './tactics.ts'

/**
 * Body of `POST /__control/wrong`. `model` is a model's name or a family's (`gpt5`, `claude`, `gemini`, `grok`); a liar never concedes, and
 * goes about it by its `tactic`. A gullible model gives way to whatever presses it, without a step that is wrong.
 */
export const WrongRule = z.strictObject({
  model: z.string().min(1),
  rate: z.number().min(0).max(1),
  liar: z.boolean().default(false),
  tactic: Tactic.default('insist'),
  gullible: z.boolean().default(false),
})
export type WrongRule = z.output<typeof WrongRule>

export type Manner = { wrong: boolean; liar: boolean; tactic: Tactic; gullible: boolean }

export type Wrongness = {
  /** How this model stands to this question; the same every time. */
  of(model: string, question: string): Manner
  set(rule: z.input<typeof WrongRule>): void
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
      if (rule) {
        const { liar, tactic, gullible } = rule
        return { wrong: hash(`${seed}|rule|${model}|${question}`) < rule.rate, liar, tactic, gullible }
      }
      const chosen = pick(families, `${seed}|who|${question}`)
      const wrong = family === chosen && hash(`${seed}|whether|${question}`) < rate
      return { wrong, liar: false, tactic: 'insist', gullible: false }
    },
    set: (given) => {
      const rule = WrongRule.parse(given)
      rules.set(familyNamed(rule.model) ?? rule.model, rule)
    },
    clear: () => rules.clear(),
    rules: () => [...rules.values()],
  }
}

/** Reads `grok=injection, claude=authority`: models that lie on every question, each by its tactic. Throws a ZodError on an unknown one. */
export function readLiars(text: string): WrongRule[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
    .map((part) => {
      const [model, tactic] = part.split('=').map((piece) => piece.trim())
      return WrongRule.parse({ model, rate: 1, liar: true, tactic })
    })
}

/** A panel's or vendor's name stands for its family; a provider's model name for itself alone. */
function familyNamed(name: string): string | undefined {
  return ['gpt5', 'claude', 'gemini', 'grok', ...families].includes(name) ? familyOf(name) : undefined
}
