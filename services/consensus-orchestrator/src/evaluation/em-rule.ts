import { accuraciesByAgreement, answerShares, type AskedQuestion } from '../calibration/dawid-skene.ts'
import type { Conclusion } from './conclusion.ts'
import type { Question } from './question.ts'

/** Dawid–Skene: models weighed by how often they agreed on other questions. Of these the answers are known only if they are anchors. */
export function learnByAgreement(
  models: number,
  training: readonly Question[],
  anchored: boolean,
): (question: Question) => Conclusion {
  const accuracies = accuraciesByAgreement(patterns(training, anchored), models)
  return ({ keys, options, right, hash }) => {
    const shares = answerShares({ options, votes: keys }, accuracies)
    const highest = Math.max(0, ...shares.values())
    const leaders = [...shares].filter(([, share]) => share > highest - 1e-9)
    const winner = leaders[hash % leaders.length]?.[0]
    return {
      right: winner !== undefined && keys.some((key, model) => key === winner && right[model] === true),
      confidence: winner === undefined ? 0 : highest,
      calls: keys.length,
      contested: shares.size > 1,
    }
  }
}

/** Who agreed with whom is all that counts, and the same pattern comes up often. */
function patterns(questions: readonly Question[], anchored: boolean): AskedQuestion[] {
  const counted = new Map<string, AskedQuestion & { count: number }>()
  for (const { keys, options, right } of questions) {
    const seen: string[] = []
    const votes = keys.map((key) => {
      if (key === undefined) return undefined
      const at = seen.indexOf(key)
      return String(at < 0 ? seen.push(key) - 1 : at)
    })
    const known = anchored ? (votes.find((_, model) => right[model] === true) ?? null) : undefined
    const pattern = `${options}|${known}|${votes.map((vote) => vote ?? '').join(',')}`
    const held = counted.get(pattern)
    if (held !== undefined) held.count += 1
    else counted.set(pattern, known === undefined ? { options, votes, count: 1 } : { options, votes, known, count: 1 })
  }
  return [...counted.values()]
}
