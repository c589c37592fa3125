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
 * believed when the day began. The same grades give the same reliabilities, however often this is done. What is held and has no grades any
 * more, since all were taken back, goes back to the prior.
 */
export function refit(
  lines: readonly GradedLine[],
  held: readonly LearnedReliability[],
  day: string,
): LearnedReliability[] {
  const graded = Map.groupBy(lines, keyText)
  const before = Map.groupBy(held, keyText)
  const models = new Map([...held, ...lines].map((one) => [keyText(one), one]))
  return [...models].flatMap(([key, model]) => refitModel(model, graded.get(key) ?? [], before.get(key) ?? [], day))
}

function refitModel(
  { model, providerModel, sandbox }: ModelKey,
  lines: readonly GradedLine[],
  held: readonly LearnedReliability[],
  day: string,
): LearnedReliability[] {
  const record = recordOf(lines)
  const nothing = recordOf([]).overall
  const scopes = new Map<Scope, ScopeRecord>([
    ...held.map(({ scope }) => [scope, nothing] as const),
    ...scopesOf(record),
  ])
  return [...scopes].map(([scope, own]) => {
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
