import type { Reliability } from '../decision/model.ts'
import { plainPrior } from '../decision/weights.ts'
import { fitLogistic, logit } from './logistic.ts'
import { condensed, enoughItems, gradedItems, type TrackRecord } from './track-record.ts'

/** Beta(4, 2), as imagined grades. */
const priorRight = 4
const priorWrong = 2

/** Stated confidence is worth something between nothing (slope 0) and what it says (slope 1), until the data tell. */
const statedConfidence = { slope: 0.5, firmness: 4, right: priorRight, wrong: priorWrong }

/**
 * What to believe of a model in a domain: from its record there, or from its overall record (which includes the domain's) where that is too
 * short, or the plain prior where both are. `enough` is the number of graded items below which a record is too short.
 */
export function reliabilityFrom(inDomain: TrackRecord, overall: TrackRecord, enough = enoughItems): Reliability {
  const record = [inDomain, overall].find((candidate) => gradedItems(candidate) >= enough)
  return record === undefined ? { ...plainPrior, gradedItems: gradedItems(overall) } : measured(record, enough)
}

function measured(record: TrackRecord, enough: number): Reliability {
  const right = record.reduce((sum, count) => sum + count.right, priorRight)
  const wrong = record.reduce((sum, count) => sum + count.wrong, priorWrong)
  const reliability = { mean: right / (right + wrong), gradedItems: gradedItems(record) }
  const stated = condensed(record).flatMap((count) =>
    count.confidence === null ? [] : { x: logit(count.confidence), right: count.right, wrong: count.wrong },
  )
  const statements = stated.reduce((sum, count) => sum + count.right + count.wrong, 0)
  const known = statements > 0 && statements >= enough
  return known ? { ...reliability, platt: fitLogistic(stated, statedConfidence) } : reliability
}
