import type { Domain } from '@concord/contracts/domains'
import { describe, expect, test } from 'vitest'
import { chooseAnchor } from './choose-anchor.ts'
import type { Anchor, AnchorTurn } from './ports.ts'

const now = new Date('2026-06-15T12:00:00.000Z')
const dayMs = 24 * 60 * 60 * 1_000

function anAnchor(domain: Domain, number: number): Anchor {
  return {
    id: `${domain}-${number}`,
    domain,
    question: 'Really?',
    answer_type: 'boolean',
    choices: null,
    answer: 'yes',
  }
}

const anchors = (['mathematics', 'law', 'science'] as const).flatMap((domain) =>
  Array.from({ length: 4 }, (_, number) => anAnchor(domain, number)),
)

function asked(anchor: Anchor, daysAgo: number, status: AnchorTurn['status'] = 'graded') {
  return { anchorId: anchor.id, domain: anchor.domain, status, askedAt: new Date(now.getTime() - daysAgo * dayMs) }
}

describe('the next anchor of a model', () => {
  test('goes through all domains alike and repeats none until all have been asked', () => {
    const past: ReturnType<typeof asked>[] = []
    for (let turn = 0; turn < anchors.length; turn++) {
      const next = chooseAnchor(anchors, past, now)
      if (next === undefined) throw new Error('there are some left')
      past.push(asked(next, 0))
      const counts = ['mathematics', 'law', 'science'].map(
        (name) => past.filter(({ domain }) => domain === name).length,
      )
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
    }

    expect(new Set(past.map(({ anchorId }) => anchorId)).size).toBe(anchors.length)
    expect(chooseAnchor(anchors, past, now)).toBeUndefined()
  })

  test('is asked again after half a year, the one asked longest ago first', () => {
    const law = anchors.filter(({ domain }) => domain === 'law')
    const past = law.map((anchor, index) => asked(anchor, 181 + index))

    expect(chooseAnchor(law, past, now)?.id).toBe('law-3')
    expect(chooseAnchor(law, [asked(anAnchor('law', 0), 179)], now)?.id).not.toBe('law-0')
  })

  test('is one that was lost, but not on the same day', () => {
    const [first] = anchors
    if (first === undefined) throw new Error('there is one')

    expect(chooseAnchor([first], [asked(first, 0.5, 'lost')], now)).toBeUndefined()
    expect(chooseAnchor([first], [asked(first, 1.5, 'lost')], now)?.id).toBe(first.id)
    expect(chooseAnchor([first], [asked(first, 1.5, 'asked')], now)).toBeUndefined()
  })
})
