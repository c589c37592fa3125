import { describe, expect, test } from 'vitest'
import { providerFacts } from '../calls/provider-facts.ts'
import { retryAfterMs } from './provider-errors.ts'

const now = Date.parse('2026-11-20T12:00:00Z')
const withHeaders = (headers: Record<string, string>) =>
  Object.assign(new Error('429'), { headers: new Headers(headers) })

describe('retryAfterMs', () => {
  test.each([
    ['seconds', withHeaders({ 'retry-after': '7' }), 7_000],
    ['parts of seconds', withHeaders({ 'retry-after': '0.5' }), 500],
    ['milliseconds before seconds', withHeaders({ 'retry-after-ms': '250', 'retry-after': '1' }), 250],
    ['a date', withHeaders({ 'retry-after': 'Fri, 20 Nov 2026 12:00:03 GMT' }), 3_000],
    ['a date that has passed', withHeaders({ 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }), 0],
    ['Google’s RetryInfo', new Error('{"details":[{"@type":"…RetryInfo","retryDelay":"12.5s"}]}'), 12_500],
    ['nonsense', withHeaders({ 'retry-after': 'soon' }), undefined],
    ['nothing', new Error('429'), undefined],
    ['no error at all', 'a string', undefined],
  ])('reads %s', (_what, error, expected) => {
    expect(retryAfterMs(error, now)).toBe(expected)
  })
})

test('what is logged of a provider’s error is its status, codes and request id, and no text', () => {
  const error = Object.assign(new Error('Your prompt "…" and key sk-123 are bad'), {
    status: 400,
    code: 'invalid_prompt',
    type: 'see the prompt: …',
    requestID: 'req_1',
    error: { message: 'Your prompt …' },
  })

  expect(providerFacts(error)).toEqual({ status: 400, code: 'invalid_prompt', provider_request_id: 'req_1' })
  expect([providerFacts(undefined), providerFacts('text'), providerFacts(null)]).toEqual([{}, {}, {}])
})
