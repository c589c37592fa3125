import { expect, test } from 'vitest'
import { continueTrace, currentTraceparent, toTraceparent, withTrace } from './trace.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'

test('a caller’s trace goes on in a new span', () => {
  const trace = continueTrace(`00-${traceId}-b7ad6b7169203331-00`)

  expect(trace).toMatchObject({ traceId, flags: '00' })
  expect(trace.spanId).not.toBe('b7ad6b7169203331')
  expect(withTrace(trace, currentTraceparent)).toBe(toTraceparent(trace))
})

test.each([
  undefined,
  '',
  'nonsense',
  `ff-${traceId}-b7ad6b7169203331-01`,
  `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId.toUpperCase()}-b7ad6b7169203331-01`,
])('the malformed header %s starts a trace of its own', (header) => {
  const trace = continueTrace(header)

  expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/)
  expect(trace.traceId).not.toBe(traceId)
})
