import { hash } from '../hash.ts'
import { plus, type Rational, rational } from '../rational.ts'

/** A mistake that a hurried person makes: one off, ten off, a carry lost, or two digits swapped. */
export function slipped(value: Rational, key: string): Rational {
  if (value.d !== 1n) return plus(value, rational(1n, value.d > 1_000_000n ? 10n : value.d))
  const swapped = swapLastDigits(value.n)
  const options = [value.n - 1n, value.n + 1n, value.n + 10n, value.n - 10n, ...(swapped === value.n ? [] : [swapped])]
  const plausible = options.filter((option) => (value.n > 0n ? option > 0n : true))
  return rational(plausible[Math.floor(hash(key) * plausible.length)] ?? value.n + 1n)
}

function swapLastDigits(value: bigint): bigint {
  const digits = String(value)
  if (!/^\d{2,}$/.test(digits)) return value
  return BigInt(digits.slice(0, -2) + digits.slice(-1) + digits.slice(-2, -1))
}
