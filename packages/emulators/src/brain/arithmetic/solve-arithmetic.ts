import type { Language } from '../language.ts'
import { phrases } from '../phrases.ts'
import { format, minus, parseRational, type Rational } from '../rational.ts'
import type { Solution, Way } from '../solution.ts'
import { normalise } from './normalise.ts'
import { type Expression, parse } from './parse.ts'
import { solveProperty } from './solve-property.ts'
import { attempt, workOut } from './work-out.ts'

const filler = new Set(
  `what whats is the value of result calculate compute evaluate solve work out how much many does equal equals give me please answer find simplify
  to and a number quick exactly in total if we take s can you tell then you get number exact integer final
  combien font fait vaut quel quelle est le la les résultat de du calcule calculez calculer donne égal
  was ergibt wie viel viele ist das die ergebnis von berechne berechnen sie wieviel macht sind gleich
  cuánto cuál qué es el resultado calcula calcular da son cuanto`.split(/\s+/),
)

/** Answers questions that are an expression and hardly anything else: "what is 17 * 23", "the sum of 12 and 30". */
export function solveArithmetic(question: string, language: Language, key: string): Solution | undefined {
  const text = normalise(question.trim().replace(/(?<!\d)!+$|[=?.,\s]+$/, ''))
  return solveProperty(text, language) ?? solveComparison(text, language, key) ?? solveExpression(text, language, key)
}

function solveExpression(text: string, language: Language, key: string): Solution | undefined {
  const found = findExpression(text)
  if (found === undefined || wordsBeside(text, found.text) > 2) return undefined
  return workOut(found.expression, language, key)
}

/** "Is 17 * 23 equal to 391", "12 > 3 * 5". */
function solveComparison(text: string, language: Language, key: string): Solution | undefined {
  const relation =
    /^(.*?)(==?|is equal to|equal to|equals|<=|>=|<|>|greater than|less than|larger than|smaller than)(.*)$/.exec(text)
  const left = findExpression(relation?.[1] ?? '', true)
  const against = findExpression(relation?.[3] ?? '', true)
  const sign = relation?.[2]
  if (!left || !against || !sign || wordsBeside(text, left.text, against.text, sign) > 3) return undefined
  const [a, b] = [attempt(left.expression), attempt(against.expression)]
  if (!a || !b) return undefined
  const compare = (difference: bigint) =>
    /<|less|smaller/.test(sign) ? difference < 0n : />|greater|larger/.test(sign) ? difference > 0n : difference === 0n
  const right = compared(a, b, compare, language)
  const other = workOut(left.expression, language, key)?.wrong
  const slip = other && { value: parseRational(other.final), steps: other.steps.slice(0, -1) }
  const wrong = slip && compared(slip, b, compare, language)
  if (wrong && other && wrong.final !== right.final)
    return { type: 'boolean', right, wrong: { ...wrong, wrongStep: other.wrongStep } }
  const { yes, no } = phrases[language]
  const mistaken = `${format(a.value)} ${minus(a.value, b.value).n === 0n ? '<' : '='} ${format(b.value)}`
  return {
    type: 'boolean',
    right,
    wrong: {
      final: right.final === yes ? no : yes,
      steps: [...right.steps.slice(0, -1), mistaken],
      wrongStep: mistaken,
    },
  }
}

type Side = { value: Rational; steps: string[] }

function compared(a: Side, b: Side, compare: (difference: bigint) => boolean, language: Language): Way {
  const difference = minus(a.value, b.value).n
  const sign = difference < 0n ? '<' : difference > 0n ? '>' : '='
  const { yes, no } = phrases[language]
  return {
    final: compare(difference) ? yes : no,
    steps: [...a.steps, ...b.steps, `${format(a.value)} ${sign} ${format(b.value)}`],
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

function wordsBeside(text: string, ...taken: string[]): number {
  const rest = taken.reduce((left, piece) => left.replace(piece, ' '), text)
  return (rest.match(/\p{L}+|\d+/gu) ?? []).filter((word) => !filler.has(word)).length
}
