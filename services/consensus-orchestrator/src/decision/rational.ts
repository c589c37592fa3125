/** An exact number; `d` is positive. */
export type Rational = { n: bigint; d: bigint }

export function multiply(a: Rational, b: Rational): Rational {
  return { n: a.n * b.n, d: a.d * b.d }
}

export function add(a: Rational, b: Rational): Rational {
  return { n: a.n * b.d + b.n * a.d, d: a.d * b.d }
}

/** `power` is small: an exponent of a unit. */
export function raise(a: Rational, power: number): Rational {
  const size = BigInt(Math.abs(power))
  const { n, d } = power < 0 ? { n: a.d, d: a.n } : a
  return { n: n ** size, d: d ** size }
}

/** A whole number, a decimal where it ends, else a reduced fraction. */
export function render(value: Rational): string {
  const divisor = greatestCommonDivisor(value.n < 0n ? -value.n : value.n, value.d)
  const n = value.n / divisor
  const d = value.d / divisor
  if (d === 1n) return n.toString()
  let [twos, fives, rest] = [0, 0, d]
  for (; rest % 2n === 0n; rest /= 2n) twos++
  for (; rest % 5n === 0n; rest /= 5n) fives++
  const places = Math.max(twos, fives)
  if (rest !== 1n || places > 60) return `${n}/${d}`
  const digits = ((n < 0n ? -n : n) * (10n ** BigInt(places) / d)).toString().padStart(places + 1, '0')
  return `${n < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x === 0n ? 1n : x
}
