import { createHash } from 'node:crypto'
import { domains } from '@concord/contracts/domains'
import type { Anchor, AskedAnchor } from './ports.ts'

const dayMs = 24 * 60 * 60 * 1_000
/** No model is asked an anchor again before this many days have passed. */
const rememberedDays = 180

type Past = Pick<AskedAnchor, 'anchorId' | 'domain' | 'status' | 'askedAt'>

/**
 * What to ask a model next: of the domain it was asked least about, what it was asked longest ago or never. Undefined where it has been
 * asked everything. One whose answer was lost may be asked again the next day. `past` is of this model, in any order.
 */
export function chooseAnchor(anchors: readonly Anchor[], past: readonly Past[], now: Date): Anchor | undefined {
  const asked = new Map<string, number>()
  const barred = new Set<string>()
  for (const { domain, anchorId, status, askedAt } of past) {
    const days = (now.getTime() - askedAt.getTime()) / dayMs
    if (days >= rememberedDays) continue
    asked.set(domain, (asked.get(domain) ?? 0) + 1)
    if (status !== 'lost' || days < 1) barred.add(anchorId)
  }
  const lastAsked = new Map<string, number>()
  for (const { anchorId, askedAt } of past)
    lastAsked.set(anchorId, Math.max(lastAsked.get(anchorId) ?? 0, askedAt.getTime()))
  const open = anchors.filter(({ id }) => !barred.has(id))
  const [first] = open.toSorted(
    (a, b) =>
      (asked.get(a.domain) ?? 0) - (asked.get(b.domain) ?? 0) ||
      domains.indexOf(a.domain) - domains.indexOf(b.domain) ||
      (lastAsked.get(a.id) ?? 0) - (lastAsked.get(b.id) ?? 0) ||
      anchorNumber(a.id) - anchorNumber(b.id),
  )
  return first
}

/** 32 bits of the id: the same on every replica, so that all models get the same questions in the same order. */
export function anchorNumber(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE()
}
