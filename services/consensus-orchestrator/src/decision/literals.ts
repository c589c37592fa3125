import { englishStyle, readNumber } from './numbers.ts'
import { render } from './rational.ts'

type Read = { value: string; end: number }

const closing = new Map([
  ['[', ']'],
  ['(', ')'],
  ['{', '}'],
])
const names = new Map([
  ['None', 'null'],
  ['null', 'null'],
  ['undefined', 'null'],
  ['True', 'true'],
  ['true', 'true'],
  ['False', 'false'],
  ['false', 'false'],
  ['nan', 'NaN'],
  ['NaN', 'NaN'],
  ['set()', '{,}'],
  ['dict()', '{}'],
  ['list()', '[]'],
  ['tuple()', '()'],
])
const atom = /[^\s,:'"[\](){}]{1,60}(?:\(\))?/y
const space = /\s*/y
const deepest = 32

/**
 * One spelling for a Python or JSON list, tuple, set, dict or nested value: quotes, spaces, trailing commas, order of keys and of a set's
 * members do not matter; lists and tuples stay different. Undefined for anything else.
 */
export function readLiteral(text: string): string | undefined {
  if (!closing.has(text[0] ?? '') && !names.has(text)) return undefined
  const read = readValue(text, 0, 0)
  return read !== undefined && read.end === text.length ? read.value : undefined
}

/** The text inside a wholly quoted final; undefined when it is not one. */
export function readQuoted(text: string): string | undefined {
  const quote = text[0]
  if (quote !== "'" && quote !== '"') return undefined
  const read = readString(text, 0)
  return read?.end === text.length ? read.inner : undefined
}

function readValue(text: string, from: number, depth: number): Read | undefined {
  const start = skipSpace(text, from)
  const first = text[start] ?? ''
  if (depth > deepest) return undefined
  if (first === "'" || first === '"') {
    const read = readString(text, start)
    return read === undefined ? undefined : { value: JSON.stringify(read.inner), end: skipSpace(text, read.end) }
  }
  if (closing.has(first)) return readCollection(text, start, depth)
  atom.lastIndex = start
  const word = atom.exec(text)?.[0] ?? ''
  const number = word === '' ? undefined : readNumber(word, englishStyle)
  const value = names.get(word) ?? (number === undefined ? undefined : render(number))
  return value === undefined ? undefined : { value, end: skipSpace(text, start + word.length) }
}

function readCollection(text: string, start: number, depth: number): Read | undefined {
  const open = text[start] ?? ''
  const close = closing.get(open)
  const items: string[] = []
  let [keyed, comma] = [false, false]
  let at = skipSpace(text, start + 1)
  while (text[at] !== close) {
    const item = readValue(text, at, depth + 1)
    if (item === undefined) return undefined
    let { value } = item
    at = item.end
    if (open === '{' && text[at] === ':') {
      const held = readValue(text, at + 1, depth + 1)
      if (held === undefined) return undefined
      value = `${value}: ${held.value}`
      at = held.end
      keyed = true
    }
    items.push(value)
    comma = text[at] === ','
    if (comma) at = skipSpace(text, at + 1)
    else if (text[at] !== close) return undefined
  }
  return { value: written(open, items, keyed, comma), end: skipSpace(text, at + 1) }
}

function written(open: string, items: readonly string[], keyed: boolean, trailingComma: boolean): string {
  if (open === '[') return `[${items.join(', ')}]`
  if (open === '(') {
    const [only = ''] = items
    if (items.length !== 1) return `(${items.join(', ')})`
    return trailingComma ? `(${only},)` : only
  }
  if (keyed || items.length === 0)
    return trailingComma && items.length === 0 ? '{,}' : `{${items.toSorted().join(', ')}}`
  return `{${[...new Set(items)].toSorted().join(', ')}}`
}

function readString(text: string, start: number): { inner: string; end: number } | undefined {
  const quote = text[start]
  let inner = ''
  for (let index = start + 1; index < text.length; index++) {
    const sign = text[index] ?? ''
    if (sign === quote) return { inner, end: index + 1 }
    if (sign !== '\\') inner += sign
    else inner += escaped(text[++index] ?? '')
  }
  return undefined
}

function escaped(sign: string): string {
  if (sign === 'n') return '\n'
  if (sign === 't') return '\t'
  if (sign === 'r') return '\r'
  return sign === '\\' || sign === "'" || sign === '"' || sign === '/' ? sign : `\\${sign}`
}

function skipSpace(text: string, from: number): number {
  space.lastIndex = from
  return from + (space.exec(text)?.[0].length ?? 0)
}
