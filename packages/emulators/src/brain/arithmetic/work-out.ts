import { hash } from '../hash.ts'
import type { Language } from '../language.ts'
import { phrases } from '../phrases.ts'
import { equals, format, type Rational } from '../rational.ts'
import type { Solution } from '../solution.ts'
import { evaluate } from './evaluate.ts'
import type { Expression } from './parse.ts'
import { slipped } from './slip.ts'

/** The right way through an expression, and one that slips at a step chosen by the key. Undefined where there is nothing to work out. */
export function workOut(expression: Expression, language: Language, key: string): Solution | undefined {
  const right = attempt(expression)
  if (right === undefined || right.steps.length === 0) return undefined
  const wrong = astray(expression, right, key)
  const conclude = (value: Rational) => phrases[language].result(format(value))
  return {
    type: 'number',
    right: { final: format(right.value), steps: [...right.steps, conclude(right.value)] },
    wrong: {
      final: format(wrong.value),
      steps: [...wrong.steps, conclude(wrong.value)],
      wrongStep: wrong.wrongStep,
    },
  }
}

export function attempt(...parameters: Parameters<typeof evaluate>): ReturnType<typeof evaluate> | undefined {
  try {
    return evaluate(...parameters)
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function astray(expression: Expression, right: { value: Rational; steps: string[] }, key: string) {
  const first = Math.floor(hash(`${key}|step`) * right.steps.length)
  for (const step of [first, right.steps.length - 1]) {
    const worked = attempt(expression, { step, change: (value: Rational) => slipped(value, `${key}|slip`) })
    const wrongStep = worked?.steps[step]
    if (worked && wrongStep !== undefined && !equals(worked.value, right.value)) return { ...worked, wrongStep }
  }
  const value = slipped(right.value, key)
  const wrongStep = `${format(right.value)} + 0 = ${format(value)}`
  return { value, steps: [...right.steps, wrongStep], wrongStep }
}
