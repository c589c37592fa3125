import { numberStyle, readNumber, type NumberStyle } from './numbers.ts'
import { add, multiply, render, type Rational } from './rational.ts'
import { readUnit } from './units.ts'

/** `magnitude` is the number as it stood there, so that an answer that left out the unit can be matched. */
export type Quantity = {
  kind: 'number' | 'percent' | 'money' | 'quantity' | 'counted'
  key: string
  answer: string
  magnitude: string
}

const plainInteger = /^-?(?:0|[1-9]\d{0,14})$/
const startsLikeNumber = /^[-+–~≈$€£¥₹(]|^[\d.,]|^(?:US\$|USD|EUR|GBP|CHF|JPY|CAD|AUD|INR|CNY|Rs)/
const approximately = /^(?:~|≈)\s?/
const leadingNumber =
  /^([-+–]?\s?[\d.,][\d.,'’_]*(?: \d{3}(?!\d)[\d.,]*){0,8}(?: ?\d{0,9}\/\d{1,9})?(?:[eE][-+]?\d{1,3}|\s?[*x×·]\s?10\s?(?:\^|\*\*)\s?[({]?[-+]?\d{1,3}[)}]?)?)\s?(.{0,60})$/s
const percentWord = /^(?:%|percent|per cent|pct\.?|pour cent|pourcent|prozent|por ciento)$/i
const magnitudes: readonly [RegExp, number, number][] = [
  [/^(?:thousand|tausend|mille|mil)(?![\p{L}])\s?/iu, 3, 3],
  [/^(?:millions?|millionen|millón|millones)(?![\p{L}])\s?/iu, 6, 6],
  [/^(?:milliards?|milliarde|milliarden)(?![\p{L}])\s?/iu, 9, 9],
  [/^(?:billions?|bn|billionen|billón|billones)(?![\p{L}])\s?/iu, 9, 12],
  [/^(?:trillions?)(?![\p{L}])\s?/iu, 12, 18],
]
/** `$3M`, `€2.5bn`, `18k`: with letters only where nothing else can be meant by them. */
const shortMagnitudes = new Map(
  Object.entries({
    k: 3,
    K: 3,
    m: 6,
    M: 6,
    mn: 6,
    mm: 6,
    MM: 6,
    mio: 6,
    Mio: 6,
    b: 9,
    B: 9,
    bn: 9,
    Mrd: 9,
    Md: 9,
    T: 12,
    tn: 12,
  }),
)
const constant = /^(?:pi|sqrt|log|ln|exp)\b/i
const currencySigns = new Map(
  Object.entries({ $: 'USD', US$: 'USD', '€': 'EUR', '£': 'GBP', '¥': 'JPY', '₹': 'INR', Rs: 'INR' }),
)
const currencyWords = new Map(
  Object.entries({
    dollar: 'USD',
    dollars: 'USD',
    dólares: 'USD',
    dólar: 'USD',
    euro: 'EUR',
    euros: 'EUR',
    'us dollars': 'USD',
    yen: 'JPY',
    yens: 'JPY',
    rupees: 'INR',
    francs: 'CHF',
    franken: 'CHF',
    'pounds sterling': 'GBP',
  }),
)
const currencyCode = /^(?:USD|EUR|GBP|CHF|JPY|CAD|AUD|INR|CNY)$/i
const currencyBefore = /^([-+–]?)\s?(US\$|[$€£¥₹]|USD|EUR|GBP|CHF|JPY|CAD|AUD|INR|CNY|Rs\.?)\s?([-–]?)(?=[\d.])/

/** A bare number, percentage, sum of money, quantity with units, or a counted thing (`18 eggs`); undefined for anything else. */
export function readQuantity(text: string, language: string): Quantity | undefined {
  if (plainInteger.test(text)) return text === '-0' ? plain('0') : plain(text)
  if (text.length > 120 || !startsLikeNumber.test(text)) return undefined
  const style = numberStyle(language)
  const written = text.replace(approximately, '')
  const money = currencyBefore.exec(written)
  if (money !== null) {
    const [match, sign = '', symbol = '', innerSign = ''] = money
    return amount(`${sign}${innerSign}${written.slice(match.length)}`, symbol.replace('.', ''), style)
  }
  const value = readNumber(written, style)
  if (value !== undefined) return plain(render(value))
  return compound(written, style) ?? withSuffix(written, style)
}

function plain(rendered: string): Quantity {
  return { kind: 'number', key: rendered, answer: rendered, magnitude: rendered }
}

function amount(rest: string, symbol: string, style: NumberStyle): Quantity | undefined {
  const split = splitNumber(rest, style)
  if (split === undefined) return undefined
  const currency = currencySigns.get(symbol) ?? symbol.toUpperCase()
  const power = shortMagnitudes.get(split.suffix.replace(/\.$/, ''))
  if (power !== undefined) return sumOfMoney(multiply(split.value, { n: 10n ** BigInt(power), d: 1n }), currency)
  return split.suffix === '' || currencyOf(split.suffix) !== undefined ? sumOfMoney(split.value, currency) : undefined
}

function sumOfMoney(value: Rational, currency: string): Quantity {
  const rendered = render(value)
  return { kind: 'money', key: `${rendered} ${currency}`, answer: `${rendered} ${currency}`, magnitude: rendered }
}

function withSuffix(text: string, style: NumberStyle): Quantity | undefined {
  const split = splitNumber(text, style)
  if (split === undefined) return undefined
  const { value, suffix } = split
  const magnitude = render(value)
  if (suffix === '') return plain(magnitude)
  if (/\dk$/i.test(text)) return plain(render(multiply(value, { n: 1000n, d: 1n })))
  if (percentWord.test(suffix)) {
    return { kind: 'percent', key: render(multiply(value, { n: 1n, d: 100n })), answer: `${magnitude}%`, magnitude }
  }
  const currency = currencyOf(suffix)
  if (currency !== undefined) return sumOfMoney(value, currency)
  const unit = readUnit(suffix)
  if (unit !== undefined) {
    const key = `${render(multiply(value, unit.factor))} [${unit.dimension}]`
    return { kind: 'quantity', key, answer: `${magnitude} ${suffix}`, magnitude }
  }
  if (!/^\p{L}[\p{L}' -]{1,40}$/u.test(suffix) || suffix.split(' ').length > 3 || constant.test(suffix))
    return undefined
  return { kind: 'counted', key: `${magnitude} ${suffix.toLowerCase()}`, answer: `${magnitude} ${suffix}`, magnitude }
}

function currencyOf(suffix: string): string | undefined {
  return (
    currencySigns.get(suffix) ??
    currencyWords.get(suffix.toLowerCase()) ??
    (currencyCode.test(suffix) ? suffix.toUpperCase() : undefined)
  )
}

function splitNumber(text: string, style: NumberStyle): { value: Rational; suffix: string } | undefined {
  const match = leadingNumber.exec(text)
  if (match === null) return undefined
  const [, numeral = '', rest = ''] = match
  let value = readNumber(numeral.trim(), style)
  if (value === undefined) return undefined
  let suffix = rest.trim()
  for (const [word, short, long] of magnitudes) {
    if (!word.test(suffix)) continue
    value = multiply(value, { n: 10n ** BigInt(style.longScale ? long : short), d: 1n })
    suffix = suffix.replace(word, '').replace(/^(?:de|d') ?/i, '')
    break
  }
  return { value, suffix }
}

const part = /\s?(?:and |et |und |y |, ?)?(\d[\d.,]*)\s?(°[CF]?|['′’]{1,2}|["″”]|[\p{L}µμ]{1,20})\.?/uy
const trailingMinutes = /^(\d{1,3})\s?h\s?([0-5]\d)$/
const longestCompound = 8

/** `1 h 30 min`, `5 ft 3 in`, `5'3"`, `1h30`: pieces of one dimension, added up. */
function compound(text: string, style: NumberStyle): Quantity | undefined {
  const negative = /^[-–]/.test(text)
  const written = (negative ? text.slice(1) : text).replace(trailingMinutes, '$1 h $2 min')
  let total: Rational | undefined
  let dimension: string | undefined
  const pieces: string[] = []
  part.lastIndex = 0
  while (part.lastIndex < written.length && pieces.length < longestCompound) {
    const [, numeral = '', name = ''] = part.exec(written) ?? []
    const unit = readUnit(primes.get(name) ?? name)
    const value = readNumber(numeral, style)
    if (unit === undefined || value === undefined || (dimension ?? unit.dimension) !== unit.dimension) return undefined
    dimension = unit.dimension
    const size = multiply(value, unit.factor)
    total = total === undefined ? size : add(total, size)
    pieces.push(`${render(value)} ${primes.get(name) ?? name}`)
  }
  if (total === undefined || part.lastIndex < written.length) return undefined
  const magnitude = pieces.length === 1 ? (pieces[0]?.split(' ')[0] ?? '') : ''
  const sign = negative ? '-' : ''
  const key = `${render(negative ? { n: -total.n, d: total.d } : total)} [${dimension}]`
  return { kind: 'quantity', key, answer: `${sign}${pieces.join(' ')}`, magnitude: magnitude && `${sign}${magnitude}` }
}

const primes = new Map([
  ["'", 'ft'],
  ['′', 'ft'],
  ['’', 'ft'],
  ['"', 'in'],
  ['″', 'in'],
  ['”', 'in'],
  ["''", 'in'],
  ['′′', 'in'],
])
