/**
 * Graded answers that were stated with one confidence (null where none was), counted. A single answer is `{ confidence, right: 1, wrong: 0 }`;
 * a grade that is only probable, or counts for less, comes in fractions. `abstained` counts graded questions it left unanswered.
 */
export type GradedCount = { confidence: number | null; right: number; wrong: number; abstained?: number }

/** All that is known of one model in one domain, in any order. */
export type TrackRecord = readonly GradedCount[]

/** Models have to have been graded this often before anything but the plain prior is believed of them. */
export const enoughItems = 30

export function gradedItems(record: TrackRecord): number {
  return record.reduce((sum, { right, wrong, abstained = 0 }) => sum + right + wrong + abstained, 0)
}

/** One count for each confidence: the same record in fewer lines, sorted by confidence. */
export function condensed(record: TrackRecord): GradedCount[] {
  const counts = new Map<number | null, Required<GradedCount>>()
  for (const { confidence, right, wrong, abstained = 0 } of record) {
    const held = counts.get(confidence) ?? { confidence, right: 0, wrong: 0, abstained: 0 }
    held.right += right
    held.wrong += wrong
    held.abstained += abstained
    counts.set(confidence, held)
  }
  return [...counts.values()].toSorted((a, b) => (a.confidence ?? -1) - (b.confidence ?? -1))
}
