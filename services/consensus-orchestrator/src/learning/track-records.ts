import type { Domain } from '@concord/contracts/domains'
import { condensed, gradedItems, type TrackRecord } from '../calibration/track-record.ts'
import type { GradedLine, Scope, Source } from './ports.ts'

/** What is known of one model, by domain and overall. */
export type ModelRecord = { overall: ScopeRecord; domains: ReadonlyMap<Domain, ScopeRecord> }

export type ScopeRecord = {
  /** All grades, those by agreement cut down to what is known. */
  record: TrackRecord
  /** Only those of one source, as they are. */
  from(source: Source): TrackRecord
}

/** `lines` are one model's. */
export function recordOf(lines: readonly GradedLine[]): ModelRecord {
  const byDomain = Map.groupBy(lines, ({ domain }) => domain)
  return {
    overall: scopeRecord(lines),
    domains: new Map([...byDomain].map(([domain, own]) => [domain, scopeRecord(own)])),
  }
}

export function scopesOf({ overall, domains }: ModelRecord): [Scope, ScopeRecord][] {
  return [['overall', overall], ...domains]
}

/**
 * Agreement is no evidence by itself: a weak majority that errs alike confirms itself. It counts for no more than the known answers beside
 * which it stands, and for nothing where there are none.
 */
function scopeRecord(lines: readonly GradedLine[]): ScopeRecord {
  const from = (source: Source) => toRecord(lines.filter((line) => line.source === source))
  const known = toRecord(lines.filter(({ source }) => source !== 'agreement'))
  const agreed = from('agreement')
  const items = gradedItems(agreed)
  const weight = items === 0 ? 0 : Math.min(1, gradedItems(known) / items)
  const counted = agreed.map(({ confidence, right, wrong }) => ({
    confidence,
    right: right * weight,
    wrong: wrong * weight,
  }))
  return { record: condensed([...known, ...(weight > 0 ? counted : [])]), from }
}

function toRecord(lines: readonly GradedLine[]): TrackRecord {
  return lines.map(({ confidence, right, wrong, abstained }) => ({
    confidence: confidence === null ? null : confidence / 100,
    right,
    wrong,
    abstained,
  }))
}
