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
  const asked = stem(prompt)
  const question = asked.length > 400 ? '' : asked
  const key = `${seed}|${prompt.key}`
  const known =
    solveDate(question, language, key) ??
    solveUnits(question, language, key) ??
    solveArithmetic(question, language, key) ??
    solveFact(question, language)
  if (prompt.choices.length > 0) return pickChoice(prompt, known, key)
  return known ?? guessClosed(prompt, key)
}

const below = /\n\n(?:Instructions|The conversation before this question):\n/

/** The question without what is written below it: its choices, and what a conversation brings along. */
function stem(prompt: Prompt): string {
  const [asked = ''] = prompt.question.split(below, 1)
  return prompt.choices.reduce((text, choice) => text.replace(choice, ''), asked).trim()
}
