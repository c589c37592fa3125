import type { Conclusion } from './conclusion.ts'
import { decideThriftily, decideTogether } from './council.ts'
import { learnByAgreement } from './em-rule.ts'
import { learn, type Decider, type PanelModel, type Training } from './learn.ts'
import { majority, reconcile, statedConfidence } from './plain-rules.ts'
import type { Question } from './question.ts'

export const ruleNames = ['concord', 'thrifty', 'majority', 'confidence', 'reconcile', 'em'] as const
export type RuleName = (typeof ruleNames)[number]

const plain: readonly RuleName[] = ['majority', 'confidence', 'reconcile']

export function learnsNothing(rule: RuleName): boolean {
  return plain.includes(rule)
}

export type Conclude = (question: Question) => Conclusion

/** What may be learned from, for one split. */
export type Lesson = { models: readonly PanelModel[]; training: Training; anchored: boolean }

/** The rules asked for, taught. What several of them learn alike is learned once. */
export function taught(names: readonly RuleName[], lesson: Lesson): Map<RuleName, Conclude> {
  const { models, training, anchored } = lesson
  let learned: ReturnType<typeof learn> | undefined
  const council = (decider: Decider): Conclude => {
    learned ??= learn(models, training)
    const ready = learned(decider)
    return (question) => decider(question, ready)
  }
  const teach: Record<RuleName, () => Conclude> = {
    concord: () => council(decideTogether),
    thrifty: () => council(decideThriftily),
    majority: () => majority,
    confidence: () => statedConfidence,
    reconcile: () => reconcile,
    em: () => learnByAgreement(models.length, training.own, anchored),
  }
  return new Map(names.map((name) => [name, teach[name]()]))
}
