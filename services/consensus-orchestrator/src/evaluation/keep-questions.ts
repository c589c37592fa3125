import type { Question } from './question.ts'

export type Kept = {
  add(question: Question): void
  /** By data set. */
  questions(): ReadonlyMap<string, readonly Question[]>
  /** False where some were let go. */
  isComplete(): boolean
}

/**
 * Holds the questions to learn from: all of a data set, or `most` of a larger one. Of those the copies go first, then whatever the hash of
 * the name decides, so that the order of the file does not matter.
 */
export function keepQuestions(most: number): Kept {
  const datasets = new Map<string, Question[]>()
  let isComplete = true
  return {
    add(question) {
      const held = datasets.get(question.dataset)
      if (held === undefined) datasets.set(question.dataset, [question])
      else if (held.push(question) >= 2 * most) {
        datasets.set(question.dataset, lowest(held, most))
        isComplete = false
      }
    },
    questions() {
      if (isComplete) return datasets
      return new Map([...datasets].map(([name, held]) => [name, held.length <= most ? held : lowest(held, most)]))
    },
    isComplete: () => isComplete,
  }
}

/** As many questions, no two of which are copies. */
export function lowest(questions: readonly Question[], most: number): Question[] {
  const sorted = questions.toSorted((a, b) => a.hash - b.hash)
  return sorted.filter(({ hash }, index) => hash !== sorted[index - 1]?.hash).slice(0, most)
}
