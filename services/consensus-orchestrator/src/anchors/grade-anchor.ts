import { createHash } from 'node:crypto'
import { OpeningAnswer } from '@concord/contracts/turns'
import type { TurnOutput } from '@concord/contracts/turns'
import { canonicalise } from '../decision/canonicalise.ts'
import { inPerCent } from '../learning/model-key.ts'
import { answerKeys } from '../learning/same-answer.ts'
import type { Anchor, AnchorResult } from './ports.ts'

/** Reads the answer as the decision would. An answer that cannot be read is none; of the others only a mark is left that equal ones share. */
export function gradeAnchor(
  { answer_type: answerType, choices, answer: known }: Anchor,
  output: TurnOutput | undefined,
): Pick<AnchorResult, 'right' | 'answer' | 'confidence'> {
  const opening = OpeningAnswer.safeParse(output?.json).data
  const confidence = inPerCent(opening?.confidence ?? null)
  const context = { answerType, choices, language: 'auto' }
  const [given, gold] = [canonicalise(opening?.final ?? null, context), canonicalise(known, context)]
  if (given === undefined || gold === undefined) return { right: null, answer: null, confidence }
  const keyOf = answerKeys([given, gold])
  const key = keyOf(given)
  return { right: key === keyOf(gold), answer: createHash('sha256').update(key).digest('hex').slice(0, 16), confidence }
}
