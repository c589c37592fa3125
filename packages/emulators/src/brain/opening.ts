import type { OpeningAnswer } from '@concord/contracts/turns'
import type { Position } from './position.ts'

export function opening({ reasoning, answerType, final, otherFinal, confidence, claims }: Position): OpeningAnswer {
  const probability = Math.round((1 - confidence) * 70) / 100
  return {
    reasoning,
    answer_type: answerType,
    final,
    alternatives: otherFinal === null ? [] : [{ final: otherFinal, probability }],
    confidence,
    claims: claims.map(({ text, kind, salience, confidence: share }) => ({ text, kind, salience, confidence: share })),
  }
}
