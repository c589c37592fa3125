import { expect, test } from 'vitest'
import { verifiedTokens } from './verified-tokens.ts'

test('a token is remembered for a minute', () => {
  let nowMs = 0
  const tokens = verifiedTokens({ now: () => nowMs })
  tokens.keep('a', { exp: 600 })

  nowMs = 59_999
  expect(tokens.get('a')).toEqual({ exp: 600 })
  nowMs = 60_000
  expect(tokens.get('a')).toBeUndefined()
})

test('a token is not remembered past its own end', () => {
  let nowMs = 0
  const tokens = verifiedTokens({ now: () => nowMs })
  tokens.keep('a', { exp: 10 })

  nowMs = 10_000
  expect(tokens.get('a')).toBeUndefined()
})

test('only so many are remembered: the oldest goes first', () => {
  const tokens = verifiedTokens({ now: () => 0, max: 2 })
  for (const token of ['a', 'b', 'c']) tokens.keep(token, { exp: 600 })

  expect(['a', 'b', 'c'].map((token) => tokens.get(token) !== undefined)).toEqual([false, true, true])
})
