import { citedSentences } from '@concord/contracts/cited-sentences'
import type { PassingEvent } from '@concord/contracts/live-events'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { writtenSoFar } from './written-so-far.ts'

const delta = (text: string, o: { model?: string; attempt?: number } = {}): PassingEvent => ({
  type: 'synthesis_delta',
  query_id: `qry_${'0'.repeat(32)}`,
  at: '2026-11-20T12:00:00.000Z',
  data: { model: 'claude', round: 0, attempt: 1, text, ...o },
})

const written = fc
  .array(
    fc.constantFrom('Water boils', ' at 100 °C', '. ', ' [c1]', '[c2 c3]', ']', '[', '\n', '- ', '12', ' [note]', '.'),
    {
      maxLength: 40,
    },
  )
  .map((pieces) => pieces.join(''))

test('what has been said is never taken back, and at the end it is what the check keeps', () => {
  fc.assert(
    fc.property(written, fc.array(fc.nat(200), { maxLength: 20 }), (text, cuts) => {
      const places = [...new Set([0, ...cuts.filter((cut) => cut < text.length), text.length])].toSorted(
        (a, b) => a - b,
      )
      const summary = writtenSoFar()
      const said = places.slice(1).map((end, index) => summary.add(delta(text.slice(places[index], end))))

      for (const [index, one] of said.entries()) expect(said[index + 1] ?? one).toMatch(new RegExp(`^${escaped(one)}`))
      const kept = citedSentences(text).filter(({ claims }) => claims.length > 0)
      expect(said.at(-1) ?? '').toBe(kept.map((sentence) => sentence.text).join(' '))
    }),
  )
})

test('another attempt or another writer begins anew, and an echo of a lower attempt says nothing', () => {
  const summary = writtenSoFar()

  expect(summary.add(delta('One. [c1]\nTwo'))).toBe('One.')
  expect(summary.add(delta('Other. [c2]\n', { attempt: 2 }))).toBe('Other.')
  expect(summary.add(delta(' late. [c1]', { attempt: 1 }))).toBe('Other.')
  expect(summary.add(delta('More. [c3]', { attempt: 2 }))).toBe('Other. More.')
  expect(summary.add(delta('Mine. [c1]', { model: 'grok' }))).toBe('Mine.')
})

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
