import { keyText } from './model-key.ts'
import type { Grade, GradedLine, LearningTransaction, ModelKey } from './ports.ts'
import { refit } from './refit.ts'

/** Counts the grades and fits anew what they change, in one transaction: there is never a grade without its effect. */
export async function learnGrades(tx: LearningTransaction, lines: readonly GradedLine[], day: string): Promise<void> {
  if (lines.length === 0) return
  await tx.lockGrades()
  await tx.addGrades(lines)
  const models = modelsOf(lines)
  await tx.saveReliabilities(refit(await tx.grades(models), await tx.reliabilities(models), day))
}

/** The opposite of grades that were counted. */
export function takenBack(grades: readonly Grade[]): Grade[] {
  return grades.map((grade) => ({
    ...grade,
    right: -grade.right,
    wrong: -grade.wrong,
    abstained: -grade.abstained,
  }))
}

function modelsOf(lines: readonly GradedLine[]): ModelKey[] {
  return [...new Map(lines.map((line) => [keyText(line), line])).values()]
}
