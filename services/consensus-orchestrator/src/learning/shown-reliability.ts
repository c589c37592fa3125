import type { CalibrationPoint, Reliability as ShownReliability } from '@concord/contracts/panel'
import { betaInterval } from '../calibration/beta-interval.ts'
import { gradedItems, type TrackRecord } from '../calibration/track-record.ts'
import type { Scope } from './ports.ts'

/** Beta(4, 2), as imagined grades. */
const priorRight = 4
const priorWrong = 2
const bins = 10

/** What `GET /panel` says of one record: its own, not what it borrows. */
export function shownReliability(scope: Scope, record: TrackRecord): ShownReliability {
  const right = record.reduce((sum, count) => sum + count.right, priorRight)
  const wrong = record.reduce((sum, count) => sum + count.wrong, priorWrong)
  const { low, high } = betaInterval(right, wrong)
  return {
    domain: scope,
    mean: rounded(right / (right + wrong)),
    low: rounded(low),
    high: rounded(high),
    graded_items: Math.round(gradedItems(record)),
    calibration: calibrationOf(record),
  }
}

/** By tenths of the confidence stated; tenths in which there is nothing are left out. */
function calibrationOf(record: TrackRecord): CalibrationPoint[] {
  const sums = Array.from({ length: bins }, () => ({ stated: 0, right: 0, items: 0 }))
  for (const { confidence, right, wrong } of record) {
    const bin = confidence === null ? undefined : sums[Math.min(bins - 1, Math.floor(confidence * bins + 1e-9))]
    if (bin === undefined || confidence === null) continue
    bin.stated += confidence * (right + wrong)
    bin.right += right
    bin.items += right + wrong
  }
  return sums.flatMap(({ stated, right, items }) =>
    Math.round(items) === 0
      ? []
      : [{ stated: rounded(stated / items), correct: rounded(right / items), items: Math.round(items) }],
  )
}

function rounded(share: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * 10_000) / 10_000
}
