import type { CalibrationPoint, PanelMember, Reliability } from '@concord/contracts/panel'

/** As in the orchestrator: with fewer graded answers a record does not count. */
export const enoughItems = 30

export type TrackRecord = {
  overall: Reliability | undefined
  /** Graded answers of all domains. */
  gradedItems: number
  isMeasured: boolean
  /** The domains in which something was graded, most first. */
  domains: readonly Reliability[]
}

export function trackRecordOf({ reliability }: Pick<PanelMember, 'reliability'>): TrackRecord {
  const overall = reliability.find(({ domain }) => domain === 'overall')
  const gradedItems = overall?.graded_items ?? 0
  return {
    overall,
    gradedItems,
    isMeasured: gradedItems >= enoughItems,
    domains: reliability
      .filter(({ domain, graded_items: items }) => domain !== 'overall' && items > 0)
      .toSorted((a, b) => b.graded_items - a.graded_items),
  }
}

export type Tendency = { kind: 'fair' | 'over' | 'under' | 'both'; points: number }

/** Within this many percentage points stated confidence is as good as right: on the whole, and at each level of it. */
const fairPoints = 3
const fairPointsEach = 10

/**
 * Whether a model says it is surer than it should be: the mean of what it states less the share that was right, in whole percentage points.
 * `both`: too sure here and not sure enough there; then the points are the expected calibration error.
 */
export function tendencyOf(calibration: readonly CalibrationPoint[]): Tendency | undefined {
  const items = calibration.reduce((sum, point) => sum + point.items, 0)
  if (items === 0) return undefined
  const gap = calibration.reduce((sum, { stated, correct, items: n }) => sum + (stated - correct) * n, 0) / items
  const points = Math.round(Math.abs(gap) * 100)
  const error = calibration.reduce((sum, { stated, correct, items: n }) => sum + Math.abs(stated - correct) * n, 0)
  const pointsEach = Math.round((error / items) * 100)
  if (points < fairPoints && pointsEach >= fairPointsEach) return { kind: 'both', points: pointsEach }
  if (points < fairPoints) return { kind: 'fair', points }
  return { kind: gap > 0 ? 'over' : 'under', points }
}
