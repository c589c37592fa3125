import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { liveText } from './live-text.ts'
import { readableText } from './readable-text.ts'

describe('readableText', () => {
  test.each([
    ['opening', { reasoning: ['One.', 'Two.'], final: 'x' }, 'One.\nTwo.'],
    ['debate', { reason: 'I stand.', stance: 'keep' }, 'I stand.'],
    [
      'vote',
      {
        votes: [
          { claim: 'c1', reason: 'Yes.' },
          { claim: 'c2', reason: 'No.' },
        ],
      },
      'Yes.\nNo.',
    ],
  ] as const)('is the reasoning of a %s, never its JSON', (purpose, answer, text) => {
    expect(readableText(purpose, JSON.stringify(answer))).toBe(text)
  })

  test('only grows while an answer comes in', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 }), (reasoning) => {
        const text = JSON.stringify({ reasoning, final: null })
        let shown = ''
        for (let end = 0; end <= text.length; end += 1) {
          const readable = readableText('opening', text.slice(0, end))
          if (readable.length > shown.length && readable.startsWith(shown)) shown = readable
        }

        expect(shown).toBe(reasoning.join('\n'))
      }),
    )
  })
})

describe('liveText', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  test('gathers pieces and publishes what is new, and the rest at the end', () => {
    const published: [string, number][] = []
    const live = liveText({ purpose: 'synthesis', publish: (...piece) => published.push(piece) })

    live.add('Hello', 1)
    live.add(' world', 1)
    vi.advanceTimersByTime(40)
    live.add('.', 1)
    live.end()

    expect(published).toEqual([
      ['Hello world', 1],
      ['.', 1],
    ])
  })

  test('begins anew with a new attempt', () => {
    const published: [string, number][] = []
    const live = liveText({ purpose: 'synthesis', publish: (...piece) => published.push(piece) })

    live.add('Hel', 1)
    vi.advanceTimersByTime(40)
    live.add('Hello', 2)
    live.end()

    expect(published).toEqual([
      ['Hel', 1],
      ['Hello', 2],
    ])
  })
})
