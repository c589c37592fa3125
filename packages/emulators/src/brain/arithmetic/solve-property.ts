import type { Language } from '../language.ts'
import { phrases } from '../phrases.ts'
import type { Solution, Way } from '../solution.ts'

/** Answers "is 91 a prime number", "is 17 even", "is 1024 divisible by 8" about whole numbers below 10^12. */
export function solveProperty(text: string, language: Language): Solution | undefined {
  const [number, divisor] = (text.match(/\d+/g) ?? []).map(Number)
  if (number === undefined || number > 1e12 || text.split(/\s+/).length > 12) return undefined
  if (/\bprime\b|nombre premier|primzahl|número primo|\bprimo\b/.test(text) && divisor === undefined) {
    return prime(number, language)
  }
  const by = divisor ?? (/\beven\b|\bpair\b|\bgerade\b|\bpar\b/.test(text) ? 2 : undefined)
  if (by === undefined || by === 0 || !/divisible|teilbar|\beven\b|\bpair\b|\bgerade\b|\bpar\b/.test(text))
    return undefined
  const rest = number % by
  const other = rest === 0 ? 1 : 0
  return answered(rest === 0, `${number} mod ${by} = ${rest}`, `${number} mod ${by} = ${other}`, language)
}

function prime(number: number, language: Language): Solution {
  let factor = 2
  while (factor * factor <= number && number % factor !== 0) factor += 1
  const isPrime = number > 1 && factor * factor > number
  const reason = isPrime
    ? `${number} mod p > 0, p = 2 … ${Math.floor(Math.sqrt(number))}`
    : number < 2
      ? `${number} < 2`
      : `${number} = ${factor} × ${number / factor}`
  const mistaken = isPrime ? `${number} mod 3 = 0` : `${number} mod ${number < 2 ? 2 : factor} = 1`
  return answered(isPrime, reason, mistaken, language)
}

function answered(holds: boolean, step: string, wrongStep: string, language: Language): Solution {
  const { yes, no, result } = phrases[language]
  const way = (value: boolean, reason: string): Way => {
    const final = value ? yes : no
    return { final, steps: [reason, result(final)] }
  }
  return { type: 'boolean', right: way(holds, step), wrong: { ...way(!holds, wrongStep), wrongStep } }
}
