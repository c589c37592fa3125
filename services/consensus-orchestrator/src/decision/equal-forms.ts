import { readQuantity, type Quantity } from './quantities.ts'

const longestForms = 120
const severalForms = /\d.{0,118}(?:[=≈(]| or ).{0,118}\d/

/** `2/5 = 0.4`, `0.4 (or 2/5)`, `16/3 ≈ 5.33`: one number in several forms, of which that behind ≈ may be rounded; undefined for anything else. */
export function readEqualForms(text: string, language: string): Quantity | undefined {
  if (text.length > longestForms || !severalForms.test(text)) return undefined
  const [exact = ''] = text.split('≈')
  const forms = exact.split(/[=()]|\bor\b/).filter((form) => form.trim() !== '')
  const [first, ...others] = forms.map((form) => readQuantity(form.trim(), language))
  return others.every((other) => other !== undefined && other.key === first?.key) ? first : undefined
}
