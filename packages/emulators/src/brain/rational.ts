/** An exact fraction in lowest terms with a positive denominator. */
export type Rational = { n: bigint; d: bigint }

export function rational(n: bigint, d = 1n): Rational {
  if (d === 0n) throw new RangeError('division by zero')
  const sign = d < 0n ? -1n : 1n
  const divisor = gcd(n < 0n ? -n : n, d < 0n ? -d : d) || 1n
  return { n: (sign * n) / divisor, d: (sign * d) / divisor }
}

/** Reads plain decimal notation such as `3.25`. */
export function parseRational(text: string): Rational {
  const [whole = '0', decimals = ''] = text.split('.')
  return rational(BigInt((whole || '0') + decimals), 10n ** BigInt(decimals.length))
}

export const plus = (a: Rational, b: Rational): Rational => rational(a.n * b.d + b.n * a.d, a.d * b.d)
export const minus = (a: Rational, b: Rational): Rational => rational(a.n * b.d - b.n * a.d, a.d * b.d)
export const times = (a: Rational, b: Rational): Rational => rational(a.n * b.n, a.d * b.d)
export const over = (a: Rational, b: Rational): Rational => rational(a.n * b.d, a.d * b.n)
export const equals = (a: Rational, b: Rational): boolean => a.n === b.n && a.d === b.d
export const toNumber = (a: Rational): number => Number(a.n) / Number(a.d)

/** Exact where the decimals end within ten places, else rounded to six. */
export function format(value: Rational): string {
  if (value.d === 1n) return String(value.n)
  const scale = 10n ** 10n
  const exact = (value.n * scale) % value.d === 0n
  const places = exact ? 10 : 6
  const factor = 10n ** BigInt(places)
  const scaled = value.n * factor * 2n
  const rounded = (scaled + (value.n < 0n ? -value.d : value.d)) / (value.d * 2n)
  const digits = String(rounded < 0n ? -rounded : rounded).padStart(places + 1, '0')
  const decimals = digits.slice(-places).replace(/0+$/, '')
  return `${rounded < 0n ? '-' : ''}${digits.slice(0, -places)}${decimals && `.${decimals}`}`
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}
