import { hash } from '../hash.ts'
import type { Language } from '../language.ts'
import { phrases } from '../phrases.ts'
import { equals, format, minus, type Rational } from '../rational.ts'
import type { Solution } from '../solution.ts'
import { evaluate } from './evaluate.ts'
import { normalise } from './normalise.ts'
import { type Expression, parse } from './parse.ts'
import { slipped } from './slip.ts'

const filler = new Set(
  `what whats is the value of result calculate compute evaluate solve work out how much many does equal equals give me please answer find simplify
  to and a number quick exactly in total if we take s can you tell then you get number exact integer final
  combien font fait vaut quel quelle est le la les résultat de du calcule calculez calculer donne égal
  was ergibt wie viel viele ist das die ergebnis von berechne berechnen sie wieviel macht sind gleich
  cuánto cuál qué es el resultado calcula calcular da son cuanto`.split(/\s+/),
)

/** Answers questions that are an expression and hardly anything else: "what is 17 * 23", "the sum of 12 and 30". */
export function solveArithmetic(question: string, language: Language, key: string): Solution | undefined {
  const text = normalise(question).replaceAll(/[=?¿!.,]+\s*$/g, '')
  return solveComparison(text, language, key) ?? solveExpression(text, language, key)
}

function solveExpression(text: string, language: Language, key: string): Solution | undefined {
  const found = findExpression(text)
  if (found === undefined || wordsBeside(text, found.text) > 2) return undefined
  const right = attempt(found.expression)
  if (right === undefined || right.steps.length === 0) return undefined
  const wrong = astray(found.expression, right, key)
  const conclude = (value: Rational) => phrases[language].result(format(value))
  return {
    type: 'number',
    right: { final: format(right.value), steps: [...right.steps, conclude(right.value)] },
    wrong: {
      final: format(wrong.value),
      steps: [...wrong.steps, conclude(wrong.value)],
      wrongStep: wrong.wrongStep,
    },
  }
}

function astray(expression: Expression, right: { value: Rational; steps: string[] }, key: string) {
  const first = Math.floor(hash(`${key}|step`) * right.steps.length)
  for (const step of [first, right.steps.length - 1]) {
    const worked = attempt(expression, { step, change: (value: Rational) => slipped(value, `${key}|slip`) })
    const wrongStep = worked?.steps[step]
    if (worked && wrongStep !== undefined && !equals(worked.value, right.value)) return { ...worked, wrongStep }
  }
  const last = `${format(right.value)} + 0 = ${format(slipped(right.value, key))}`
  return { value: slipped(right.value, key), steps: [...right.steps, last], wrongStep: last }
}

/** "Is 17 * 23 equal to 391", "12 > 3 * 5". */
function solveComparison(text: string, language: Language, key: string): Solution | undefined {
  const relation =
    /^(.*?)(==?|is equal to|equal to|equals|<=|>=|<|>|greater than|less than|larger than|smaller than)(.*)$/.exec(text)
  const left = findExpression(relation?.[1] ?? '', true)
  const right = findExpression(relation?.[3] ?? '', true)
  const sign = relation?.[2]
  if (!left || !right || !sign || wordsBeside(text, left.text, right.text, sign) > 3) return undefined
  const [a, b] = [attempt(left.expression), attempt(right.expression)]
  if (!a || !b) return undefined
  const difference = minus(a.value, b.value).n
  const holds = /<|less|smaller/.test(sign)
    ? difference < 0n
    : />|greater|larger/.test(sign)
      ? difference > 0n
      : difference === 0n
  const yes = (value: boolean) => (value ? phrases[language].yes : phrases[language].no)
  const worked = [...a.steps, ...b.steps]
  const compare = `${format(a.value)} ${difference < 0n ? '<' : difference > 0n ? '>' : '='} ${format(b.value)}`
  const mistaken = `${format(a.value)} ${difference === 0n ? '<' : '='} ${format(slipped(b.value, key))}`
  return {
    type: 'boolean',
    right: { final: yes(holds), steps: [...worked, compare] },
    wrong: { final: yes(!holds), steps: [...worked, mistaken], wrongStep: mistaken },
  }
}

function findExpression(text: string, bare = false): { text: string; expression: Expression } | undefined {
  const runs = text.match(/[-(√\d.](?:[-+*/^()√!%\d.\s]|mod)*/g) ?? []
  const found = runs
    .map((run) => run.trim().replace(/[.\s]+$/, ''))
    .filter((run) => bare || /[\d)!%]\s*(?:[-+*/^]|mod)\s*[-(√\d.]|√\s*[\d(]|\d\s*!/.test(run))
    .toSorted((one, other) => other.length - one.length)[0]
  const expression = found === undefined ? undefined : parse(found)
  return found === undefined || expression === undefined ? undefined : { text: found, expression }
}

function attempt(...parameters: Parameters<typeof evaluate>): ReturnType<typeof evaluate> | undefined {
  try {
    return evaluate(...parameters)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function wordsBeside(text: string, ...taken: string[]): number {
  const rest = taken.reduce((left, piece) => left.replace(piece, ' '), text)
  return (rest.match(/\p{L}+|\d+/gu) ?? []).filter((word) => !filler.has(word)).length
}
