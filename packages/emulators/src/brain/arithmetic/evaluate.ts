import { equals, format, minus, over, plus, type Rational, rational, times, toNumber } from '../rational.ts'
import type { Expression, Operator } from './parse.ts'

/** The result with one line for every operation, as a person would work it out. */
export type Worked = { value: Rational; steps: string[] }

/** Changes the result of the step with this index, and so everything behind it. */
export type Slip = { step: number; change: (value: Rational) => Rational }

const signs: Record<Operator, string> = { '+': '+', '-': '-', '*': '×', '/': '/', '^': '^', mod: 'mod' }

/** Works an expression out exactly. Throws a RangeError where it has no value or would be too large. */
export function evaluate(expression: Expression, slip?: Slip): Worked {
  const steps: string[] = []
  const note = (text: string, value: Rational): Rational => {
    const noted = slip?.step === steps.length ? slip.change(value) : value
    steps.push(`${text} = ${format(noted)}`)
    return noted
  }
  return { value: work(expression, note), steps }
}

type Note = (text: string, value: Rational) => Rational

function work(expression: Expression, note: Note): Rational {
  if (expression.kind === 'number') return expression.value
  if (expression.kind === 'unary') return workUnary(expression, note)
  const left = work(expression.left, note)
  const right = work(expression.right, note)
  if (expression.operator === '*' && isLong(left) && isLong(right)) return longProduct(left, right, note)
  const text = `${shown(left)} ${signs[expression.operator]} ${shown(right)}`
  return note(text, binary[expression.operator](left, right))
}

function workUnary(expression: Extract<Expression, { kind: 'unary' }>, note: Note): Rational {
  const operand = work(expression.operand, note)
  if (expression.operator === 'negate') return rational(-operand.n, operand.d)
  const { text, result } = unary[expression.operator]
  return note(text(format(operand)), result(operand))
}

type Unary = { text: (operand: string) => string; result: (operand: Rational) => Rational }

const unary: Record<'percent' | 'root' | 'factorial', Unary> = {
  percent: { text: (operand) => `${operand}%`, result: (operand) => over(operand, rational(100n)) },
  root: { text: (operand) => `√${operand}`, result: root },
  factorial: { text: (operand) => `${operand}!`, result: factorial },
}

/** Two whole numbers of two to six digits are multiplied by tens and units, which leaves room for an honest slip. */
function isLong(value: Rational): boolean {
  return value.d === 1n && value.n > 10n && value.n < 1_000_000n && value.n % 10n !== 0n
}

function longProduct(left: Rational, right: Rational, note: Note): Rational {
  const units = rational(right.n % 10n)
  const rest = minus(right, units)
  const byTens = note(`${format(left)} × ${format(rest)}`, times(left, rest))
  const byUnits = note(`${format(left)} × ${format(units)}`, times(left, units))
  return note(`${format(byTens)} + ${format(byUnits)}`, plus(byTens, byUnits))
}

const binary: Record<Operator, (left: Rational, right: Rational) => Rational> = {
  '+': plus,
  '-': minus,
  '*': times,
  '/': over,
  '^': power,
  mod: remainder,
}

function remainder(left: Rational, right: Rational): Rational {
  if (left.d !== 1n || right.d !== 1n || right.n <= 0n) throw new RangeError('mod needs whole numbers')
  return rational(((left.n % right.n) + right.n) % right.n)
}

function power(base: Rational, exponent: Rational): Rational {
  if (exponent.d !== 1n || exponent.n > 1_000n || exponent.n < -1_000n) throw new RangeError('exponent out of range')
  if (String(base.n).length * Math.abs(Number(exponent.n)) > 4_000) throw new RangeError('result too large')
  const size = exponent.n < 0n ? -exponent.n : exponent.n
  const result = rational(base.n ** size, base.d ** size)
  return exponent.n < 0n ? over(rational(1n), result) : result
}

function root(value: Rational): Rational {
  const guess = Math.sqrt(toNumber(value))
  if (!Number.isFinite(guess)) throw new RangeError('no real root')
  const exact = rational(BigInt(Math.round(guess)))
  return equals(times(exact, exact), value) ? exact : rational(BigInt(Math.round(guess * 1e6)), 1_000_000n)
}

function factorial(value: Rational): Rational {
  if (value.d !== 1n || value.n < 0n || value.n > 200n) throw new RangeError('factorial out of range')
  let product = 1n
  for (let factor = 2n; factor <= value.n; factor += 1n) product *= factor
  return rational(product)
}

function shown(value: Rational): string {
  return value.n < 0n ? `(${format(value)})` : format(value)
}
