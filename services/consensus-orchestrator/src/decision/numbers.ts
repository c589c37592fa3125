import { multiply, raise, type Rational } from './rational.ts'

export type NumberStyle = { decimalComma: boolean; thousandsDot: boolean; longScale: boolean }

const commaLanguages = new Set(['fr', 'de', 'es', 'it', 'pt', 'nl', 'pl', 'ru', 'sv', 'da', 'nb', 'fi', 'cs', 'tr'])
const dotLanguages = new Set(['de', 'es', 'it', 'pt', 'nl', 'da', 'tr'])
export const englishStyle: NumberStyle = { decimalComma: false, thousandsDot: false, longScale: false }

const numeralShape = /^(?:\d[\d.,'’_ ]{0,58}\d|\d|[.,]\d{1,40})$/
const numberShape =
  /^([-+–]?)\s?([\d.,][\d.,'’_ ]*?)(?:\s?[eE]([-+]?\d{1,4})|\s?(?:[*x×·])\s?10\s?(?:\^|\*\*)\s?[({]?([-+]?\d{1,4})[)}]?)?$/
const powerOfTen = /^([-+–]?)10\s?(?:\^|\*\*)\s?[({]?([-+]?\d{1,4})[)}]?$/
const fractionShape =
  /^([-+–]?)\s?(?:(\d{1,15})(?: | and )\s?)?[(]?([\d.,]{1,30})[)]?\s?[/÷]\s?[(]?(-?[\d.,]{1,30})[)]?$/
const largestExponent = 60

/** How numbers are written in a language: 1,234.5 or 1.234,5 or 1 234,5. */
export function numberStyle(language: string): NumberStyle {
  const base = language.slice(0, 2).toLowerCase()
  const decimalComma = commaLanguages.has(base)
  return { decimalComma, thousandsDot: dotLanguages.has(base), longScale: decimalComma }
}

/** An integer, decimal, fraction, mixed number or scientific notation; undefined for anything else, or beyond 60 digits. */
export function readNumber(text: string, style: NumberStyle): Rational | undefined {
  if (text.length > 80) return undefined
  const match = numberShape.exec(text)
  if (match !== null) {
    const [, sign = '', numeral = '', letterExponent, powerExponent] = match
    return signed(sign, scaled(readNumeral(numeral.trim(), style), letterExponent ?? powerExponent))
  }
  const power = powerOfTen.exec(text)
  if (power !== null) return signed(power[1] ?? '', scaled({ n: 1n, d: 1n }, power[2]))
  return readFraction(text, style)
}

function readFraction(text: string, style: NumberStyle): Rational | undefined {
  const match = fractionShape.exec(text)
  if (match === null) return undefined
  const [, sign = '', whole, top = '', bottom = ''] = match
  const numerator = readNumeral(top, style)
  const negative = bottom.startsWith('-')
  const denominator = readNumeral(negative ? bottom.slice(1) : bottom, style)
  if (numerator === undefined || denominator === undefined || denominator.n === 0n) return undefined
  const ratio = multiply(numerator, raise(denominator, -1))
  const value = whole === undefined ? ratio : { n: BigInt(whole) * ratio.d + ratio.n, d: ratio.d }
  return signed(sign, negative ? { n: -value.n, d: value.d } : value)
}

function signed(sign: string, value: Rational | undefined): Rational | undefined {
  return value !== undefined && (sign === '-' || sign === '–') ? { n: -value.n, d: value.d } : value
}

function scaled(value: Rational | undefined, exponent: string | undefined): Rational | undefined {
  if (value === undefined || exponent === undefined) return value
  const power = Number(exponent)
  return Math.abs(power) > largestExponent ? undefined : multiply(value, raise({ n: 10n, d: 1n }, power))
}

function readNumeral(numeral: string, style: NumberStyle): Rational | undefined {
  if (!numeralShape.test(numeral)) return undefined
  const mark = decimalMark(numeral, style)
  const at = mark === undefined ? numeral.length : numeral.lastIndexOf(mark)
  const whole = ungroup(numeral.slice(0, at))
  const decimals = numeral.slice(at + 1)
  if (whole === undefined || (decimals !== '' && !/^\d+$/.test(decimals))) return undefined
  return { n: BigInt(`${whole}${decimals}`), d: 10n ** BigInt(decimals.length) }
}

function decimalMark(numeral: string, style: NumberStyle): ',' | '.' | undefined {
  const dot = numeral.lastIndexOf('.')
  const comma = numeral.lastIndexOf(',')
  if (dot < 0 && comma < 0) return undefined
  if (dot >= 0 && comma >= 0) return dot > comma ? '.' : ','
  const mark = dot >= 0 ? '.' : ','
  const at = Math.max(dot, comma)
  if (numeral.indexOf(mark) !== at) return undefined
  const couldBeThousands = at >= 1 && at <= 3 && numeral[0] !== '0' && numeral.length - at === 4
  if (!couldBeThousands) return mark
  if (mark === ',') return style.decimalComma ? ',' : undefined
  return style.thousandsDot ? undefined : '.'
}

const groupedShape = /^\d{1,3}(?:([.,'’_ ])\d{3})(?:\1\d{3})*$|^\d{1,2}(?:,\d{2})+,\d{3}$/

function ungroup(whole: string): string | undefined {
  if (whole === '') return '0'
  if (/^\d+$/.test(whole)) return whole
  return groupedShape.test(whole) ? whole.replace(/\D/g, '') : undefined
}
