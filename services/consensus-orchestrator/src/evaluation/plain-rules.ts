import type { Conclusion } from './conclusion.ts'
import type { Question } from './question.ts'

/** The answer with the most heads. */
export function majority(question: Question): Conclusion {
  return heaviest(question, () => 1)
}

/** The answer with the highest sum of stated confidences, taken at their word. */
export function statedConfidence(question: Question): Conclusion {
  return heaviest(question, (confidence) => confidence)
}

/** The steps that ReConcile (Chen, Saha and Bansal, 2024) rescales stated confidence by. */
export function reconcile(question: Question): Conclusion {
  return heaviest(question, (confidence) => {
    if (confidence >= 1) return 1
    if (confidence >= 0.9) return 0.8
    if (confidence >= 0.8) return 0.5
    return confidence > 0.6 ? 0.3 : 0.1
  })
}

/** Ties fall to either side alike, and always to the same one. A confidence that was not stated is the mean of those that were. */
function heaviest({ keys, confidences, right, hash }: Question, weigh: (confidence: number) => number): Conclusion {
  const unstated = meanOf(confidences)
  const seen: string[] = []
  const weights: number[] = []
  let sum = 0
  for (let model = 0; model < keys.length; model++) {
    const key = keys[model]
    if (key === undefined) continue
    const weight = weigh(confidences[model] ?? unstated)
    let at = seen.indexOf(key)
    if (at < 0) at = seen.push(key) - 1
    weights[at] = (weights[at] ?? 0) + weight
    sum += weight
  }
  const highest = Math.max(0, ...weights)
  const leaders = seen.filter((_, at) => (weights[at] ?? 0) > highest - 1e-9)
  const winner = leaders[hash % leaders.length]
  if (winner === undefined) return { right: false, confidence: 0, calls: keys.length, contested: false }
  return {
    right: keys.some((key, model) => key === winner && right[model] === true),
    confidence: sum === 0 ? 1 / leaders.length : highest / sum,
    calls: keys.length,
    contested: seen.length > 1,
  }
}

function meanOf(confidences: readonly (number | null)[]): number {
  let [sum, stated] = [0, 0]
  for (const confidence of confidences) {
    if (confidence === null) continue
    sum += confidence
    stated += 1
  }
  return stated === 0 ? 1 : sum / stated
}
