import { solveArithmetic } from './arithmetic/solve-arithmetic.ts'
import { pickChoice } from './choices.ts'
import { guessClosed } from './guess-closed.ts'
import { solveDate } from './dates/solve-date.ts'
import { solveFact } from './facts/solve-fact.ts'
import type { Prompt } from './prompt.ts'
import type { Solution } from './solution.ts'
import { solveUnits } from './units/solve-units.ts'

/** What is known of a closed question; undefined for an open one. The same for every model, so that those who are right agree. */
export function solve(prompt: Prompt, seed: number): Solution | undefined {
  const { language } = prompt
  const question = prompt.question.length > 400 ? '' : stem(prompt)
  const key = `${seed}|${prompt.key}`
  const known =
    solveDate(question, language, key) ??
    solveUnits(question, language, key) ??
    solveArithmetic(question, language, key) ??
    solveFact(question, language)
  if (prompt.choices.length > 0) return pickChoice(prompt, known, key)
  return known ?? guessClosed(prompt, key)
}

/** The question without the choices written below it. */
function stem(prompt: Prompt): string {
  return prompt.choices.reduce((text, choice) => text.replace(choice, ''), prompt.question).trim()
}
