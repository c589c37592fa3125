import { cleanFinal } from './clean-final.ts'
import { readQuoted } from './literals.ts'
import { readChoice } from './options.ts'
import { readQuantity, type Quantity } from './quantities.ts'

const language = 'en'

/** Which choice a final means that is written otherwise than any: in other signs, in quotation marks, or as the same quantity. */
export function readMeantChoice(text: string, choices: readonly string[]): number | undefined {
  const cleaned = choices.map((choice) => cleanFinal(choice))
  const bare = cleanFinal(readQuoted(text) ?? text)
  const index = readChoice(bare, cleaned)
  if (index !== undefined) return index
  const read = readQuantity(bare, language)
  if (read === undefined) return undefined
  const quantities = cleaned.map((choice) => readQuantity(choice, language))
  return (
    onlyOne(quantities, ({ key }) => key === read.key) ??
    onlyOne(quantities, ({ magnitude }) => read.kind === 'number' && magnitude === read.key)
  )
}

function onlyOne(
  quantities: readonly (Quantity | undefined)[],
  fits: (quantity: Quantity) => boolean,
): number | undefined {
  const found = quantities.flatMap((quantity, index) => (quantity !== undefined && fits(quantity) ? [index] : []))
  return found.length === 1 ? found[0] : undefined
}
