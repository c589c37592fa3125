import type { Training } from './learn.ts'
import type { Question } from './question.ts'

export type Method = { folds: number } | { anchors: number }

/** Questions to be scored, and those from which may be learned for it. */
export type Split = { training: Training; scored: readonly Question[] }

/**
 * The splits of one data set. With folds every question is scored once, by what the other folds taught; with anchors some questions teach
 * and the others are scored. `others` are the graded questions of other data sets, of which a question is never scored here.
 */
export function splitsOf(method: Method, own: readonly Question[], taught: Training): Split[] {
  if ('folds' in method) {
    return Array.from({ length: method.folds }, (_, fold) => ({
      training: {
        own: [...own.filter(({ hash }) => hash % method.folds !== fold), ...taught.own],
        others: taught.others,
      },
      scored: own.filter(({ hash }) => hash % method.folds === fold),
    })).filter(({ scored }) => scored.length > 0)
  }
  const { anchors, rest } = anchorsOf(own, method.anchors)
  return [{ training: { own: [...anchors, ...taught.own], others: taught.others }, scored: rest }]
}

/** Drawn by the hash of their names, so that the order of the file does not matter. A question's copies stay together. */
function anchorsOf(
  questions: readonly Question[],
  count: number,
): { anchors: readonly Question[]; rest: readonly Question[] } {
  const last = count === 0 ? -1 : (questions.map(({ hash }) => hash).toSorted((a, b) => a - b)[count - 1] ?? Infinity)
  return { anchors: questions.filter(({ hash }) => hash <= last), rest: questions.filter(({ hash }) => hash > last) }
}
