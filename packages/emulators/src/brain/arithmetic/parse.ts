import { parseRational, type Rational } from '../rational.ts'

export type Operator = '+' | '-' | '*' | '/' | '^' | 'mod'
export type Expression =
  | { kind: 'number'; value: Rational }
  | { kind: 'binary'; operator: Operator; left: Expression; right: Expression }
  | { kind: 'unary'; operator: 'negate' | 'percent' | 'root' | 'factorial'; operand: Expression }

type Cursor = { tokens: string[]; at: number }

/** Parses plain operators, parentheses, `%`, `!`, `√` and `mod`. Undefined where the text is no expression. */
export function parse(text: string): Expression | undefined {
  const tokens = text.match(/\d+(?:\.\d+)?|\.\d+|mod|[-+*/^()%!√]/g) ?? []
  if (tokens.length > 200 || tokens.join('') !== text.replaceAll(/\s/g, '')) return undefined
  const cursor: Cursor = { tokens, at: 0 }
  const expression = sum(cursor, 0)
  return cursor.at === tokens.length ? expression : undefined
}

function sum(cursor: Cursor, depth: number): Expression | undefined {
  return leftToRight(cursor, ['+', '-'], (next) => product(next, depth))
}

function product(cursor: Cursor, depth: number): Expression | undefined {
  return leftToRight(cursor, ['*', '/', 'mod'], (next) => signed(next, depth))
}

function leftToRight(
  cursor: Cursor,
  operators: readonly Operator[],
  operand: (cursor: Cursor) => Expression | undefined,
): Expression | undefined {
  let left = operand(cursor)
  for (;;) {
    const operator = operators.find((candidate) => candidate === cursor.tokens[cursor.at])
    if (operator === undefined || left === undefined) return left
    cursor.at += 1
    const right = operand(cursor)
    if (right === undefined) return undefined
    left = { kind: 'binary', operator, left, right }
  }
}

function signed(cursor: Cursor, depth: number): Expression | undefined {
  if (depth > 50) return undefined
  const token = cursor.tokens[cursor.at]
  if (token !== '-' && token !== '+') return power(cursor, depth)
  cursor.at += 1
  const operand = signed(cursor, depth + 1)
  return operand && token === '-' ? { kind: 'unary', operator: 'negate', operand } : operand
}

function power(cursor: Cursor, depth: number): Expression | undefined {
  const base = postfix(cursor, depth)
  if (base === undefined || cursor.tokens[cursor.at] !== '^') return base
  cursor.at += 1
  const exponent = signed(cursor, depth + 1)
  return exponent && { kind: 'binary', operator: '^', left: base, right: exponent }
}

function postfix(cursor: Cursor, depth: number): Expression | undefined {
  let operand = atom(cursor, depth)
  for (;;) {
    const token = cursor.tokens[cursor.at]
    if (operand === undefined || (token !== '%' && token !== '!')) return operand
    cursor.at += 1
    operand = { kind: 'unary', operator: token === '%' ? 'percent' : 'factorial', operand }
  }
}

function atom(cursor: Cursor, depth: number): Expression | undefined {
  const token = cursor.tokens[cursor.at]
  cursor.at += 1
  if (token === '√') {
    const operand = depth > 50 ? undefined : postfix(cursor, depth + 1)
    return operand && { kind: 'unary', operator: 'root', operand }
  }
  if (token === '(') {
    const inner = depth > 50 ? undefined : sum(cursor, depth + 1)
    if (cursor.tokens[cursor.at] !== ')') return undefined
    cursor.at += 1
    return inner
  }
  return token !== undefined && /\d/.test(token) ? { kind: 'number', value: parseRational(token) } : undefined
}
