import { hash } from './hash.ts'
import { packs } from './open/packs.ts'
import { phrases } from './phrases.ts'
import type { Prompt } from './prompt.ts'
import type { Solution } from './solution.ts'

/** An answer of the type asked for where nothing is known: the same for all who are not wrong. Undefined where any type will do. */
export function guessClosed({ answerType, language, question }: Prompt, key: string): Solution | undefined {
  const pack = packs[language]
  const conclude = (final: string) => [pack.uncertain, pack.answerIs(final)]
  if (answerType === 'boolean') {
    const { yes, no } = phrases[language]
    const [right, wrong] = hash(`${key}|boolean`) < 0.5 ? [yes, no] : [no, yes]
    return solution('boolean', right, wrong, conclude)
  }
  if (answerType === 'number') {
    const numbers = question.match(/\d+/g)?.map(Number) ?? []
    const right =
      (numbers.length > 0
        ? Math.min(
            1e9,
            numbers.reduce((sum, number) => sum + number, 0),
          )
        : 10) + Math.floor(hash(key) * 40)
    return solution('number', String(right), String(right + 1), conclude)
  }
  return undefined
}

function solution(
  type: 'boolean' | 'number',
  right: string,
  wrong: string,
  conclude: (final: string) => string[],
): Solution {
  const steps = conclude(wrong)
  return {
    type,
    right: { final: right, steps: conclude(right) },
    wrong: { final: wrong, steps, wrongStep: steps.at(-1) ?? '' },
  }
}
