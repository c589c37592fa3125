import { cappedChange } from '../calibration/daily-cap.ts'
import { reliabilityFrom } from '../calibration/reliability.ts'
import { enoughItems, gradedItems, type TrackRecord } from '../calibration/track-record.ts'
import type { Reliability } from '../decision/model.ts'
import { plainPrior } from '../decision/weights.ts'
import { keyText } from './model-key.ts'
import type { GradedLine, LearnedReliability, ModelKey, Scope } from './ports.ts'
import { shownReliability } from './shown-reliability.ts'
import { recordOf, scopesOf, type ScopeRecord } from './track-records.ts'

/** A grade by agreement is a third of a grade. */
const agreementWeight = 1 / 3

/**
 * What is to be believed on `day` after these grades: fitted anew from all of them, and then held to what the day's cap allows from what was
 * believed when the day began. The same grades give the same reliabilities, however often this is done.
 */
export function refit(
  lines: readonly GradedLine[],
  held: readonly LearnedReliability[],
  day: string,
): LearnedReliability[] {
  const before = Map.groupBy(held, keyText)
  return [...Map.groupBy(lines, keyText)].flatMap(([key, own]) => refitModel(own, before.get(key) ?? [], day))
}

function refitModel(
  lines: readonly GradedLine[],
  held: readonly LearnedReliability[],
  day: string,
): LearnedReliability[] {
  const [first] = lines
  if (first === undefined) return []
  const { model, providerModel, sandbox }: ModelKey = first
  const record = recordOf(lines)
  return scopesOf(record).map(([scope, own]) => {
    const latest = reliabilityFrom(own.record, record.overall.record)
    const former = formerOf(held, scope, day)
    return {
      model,
      providerModel,
      sandbox,
      scope,
      current: cappedChange(former, latest),
      former,
      day,
      shown: shownReliability(scope, own.record),
      disagreement: disagreementIn(own),
    }
  })
}

/** A domain that is new begins at what was believed overall. */
function formerOf(held: readonly LearnedReliability[], scope: Scope, day: string): Reliability {
  const row = held.find((one) => one.scope === scope) ?? held.find((one) => one.scope === 'overall')
  if (row === undefined) return plainPrior
  return row.day < day ? row.current : row.former
}

function disagreementIn({ from }: ScopeRecord): number | null {
  const anchors = answered(from('anchor'))
  const agreement = answered(from('agreement'))
  if (anchors.items < enoughItems || agreement.items < enoughItems * agreementWeight) return null
  return agreement.share - anchors.share
}

function answered(record: TrackRecord): { share: number; items: number } {
  const items = gradedItems(record.map(({ confidence, right, wrong }) => ({ confidence, right, wrong })))
  const right = record.reduce((sum, count) => sum + count.right, 0)
  return { share: items === 0 ? 0 : right / items, items }
}
