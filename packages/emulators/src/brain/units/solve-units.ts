import { parse } from '../arithmetic/parse.ts'
import { workOut } from '../arithmetic/work-out.ts'
import type { Language } from '../language.ts'
import { equals, format, over, parseRational, rational } from '../rational.ts'
import type { Solution } from '../solution.ts'
import { type Unit, units } from './units.ts'

type Found = { unit: Unit; index: number }

/** Answers conversions between two units: "how many metres are in 3 km", "convert 100 °F to Celsius". */
export function solveUnits(question: string, language: Language, key: string): Solution | undefined {
  const text = decimals(question, language)
  const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)]
  const found = units
    .flatMap((unit) => [...text.matchAll(unit.names)].map(({ index }): Found => ({ unit, index })))
    .toSorted((one, other) => one.index - other.index)
  const [first, second] = found
  if (!first || !second || found.length !== 2 || numbers.length > 1 || text.split(/\s+/).length > 14) return undefined
  if (first.unit.dimension !== second.unit.dimension || first.unit === second.unit) return undefined

  const number = numbers[0]
  const end = number ? number.index + number[0].length : -1
  const from = number
    ? [first, second].find(({ index }) => index >= end && /^\s*$/.test(text.slice(end, index)))
    : asked(text, second)
  if (!from) return undefined
  const to = from === first ? second : first
  return convert(number?.[0] ?? '1', from.unit, to.unit, language, key)
}

/** "How many minutes are in a week": without a number it is one of the last. */
function asked(text: string, last: Found): Found | undefined {
  return /how many|how much|combien|wie viele?|cuánt[oa]s?/i.test(text) ? last : undefined
}

function convert(amount: string, from: Unit, to: Unit, language: Language, key: string): Solution | undefined {
  const formula =
    from.dimension === 'temperature' ? temperature(amount, from.symbol, to.symbol) : scale(amount, from, to)
  const expression = formula && parse(formula.expression)
  const solution = expression && workOut(expression, language, key)
  if (!solution || !formula) return undefined
  return {
    ...solution,
    right: { ...solution.right, steps: [formula.rule, ...solution.right.steps] },
    wrong: { ...solution.wrong, steps: [formula.rule, ...solution.wrong.steps] },
  }
}

type Formula = { rule: string; expression: string }

function scale(amount: string, from: Unit, to: Unit): Formula {
  const factor = over(parseRational(from.size), parseRational(to.size))
  const inverse = over(rational(1n), factor)
  if (equals(parseRational(format(factor)), factor)) {
    return { rule: `1 ${from.symbol} = ${format(factor)} ${to.symbol}`, expression: `${amount} * ${format(factor)}` }
  }
  if (equals(parseRational(format(inverse)), inverse)) {
    return { rule: `1 ${to.symbol} = ${format(inverse)} ${from.symbol}`, expression: `${amount} / ${format(inverse)}` }
  }
  return { rule: `${from.symbol} → ${to.symbol}`, expression: `${amount} * ${from.size} / ${to.size}` }
}

function temperature(amount: string, from: string, to: string): Formula | undefined {
  const formulas: Record<string, string> = {
    '°C>°F': `${amount} * 9 / 5 + 32`,
    '°F>°C': `(${amount} - 32) * 5 / 9`,
    '°C>K': `${amount} + 273.15`,
    'K>°C': `${amount} - 273.15`,
    '°F>K': `(${amount} - 32) * 5 / 9 + 273.15`,
    'K>°F': `(${amount} - 273.15) * 9 / 5 + 32`,
  }
  const expression = formulas[`${from}>${to}`]
  return expression === undefined ? undefined : { rule: `${from} → ${to}: ${expression}`, expression }
}

function decimals(text: string, language: Language): string {
  return language === 'en' ? text.replaceAll(/(\d),(\d{3})/g, '$1$2') : text.replaceAll(/(\d),(\d)/g, '$1.$2')
}
