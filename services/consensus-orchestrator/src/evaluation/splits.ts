import type { Training } from './learn.ts'
import type { Question } from './question.ts'

export type Method = { folds: number } | { anchors: number }

/** Who teaches for whom: no question for itself. */
export type Splits = {
  /** The number of the training that a question is scored by; undefined where it only teaches. */
  scoredBy(question: Pick<Question, 'hash'>): number | undefined
  training(split: number): Training
}

/**
 * The splits of one data set. With folds every question is scored once, by what the other folds taught; with anchors some questions teach
 * and the others are scored. `taught.others` are the graded questions of other data sets, of which a question is never scored here.
 */
export function splitsOf(method: Method, own: readonly Question[], taught: Training): Splits {
  return 'folds' in method ? foldsOf(own, method.folds, taught) : anchorsOf(own, method.anchors, taught)
}

function foldsOf(own: readonly Question[], folds: number, taught: Training): Splits {
  return {
    scoredBy: ({ hash }) => hash % folds,
    training: (fold) => ({
      own: [...own.filter(({ hash }) => hash % folds !== fold), ...taught.own],
      others: taught.others,
    }),
  }
}

/** Drawn by the hash of their names, so that the order of the file does not matter. A question's copies stay together. */
function anchorsOf(own: readonly Question[], count: number, taught: Training): Splits {
  const last = count === 0 ? -1 : (own.map(({ hash }) => hash).toSorted((a, b) => a - b)[count - 1] ?? Infinity)
  const training = { own: [...own.filter(({ hash }) => hash <= last), ...taught.own], others: taught.others }
  return { scoredBy: ({ hash }) => (hash <= last ? undefined : 0), training: () => training }
}
