import { expect, test } from 'vitest'
import { createMetrics, measureOutbox } from './metrics.ts'

test('the wait of the oldest event is told in seconds', async () => {
  const registry = createMetrics('auth')
  measureOutbox(registry, async () => 2_500)

  expect(await registry.metrics()).toContain('outbox_lag_seconds{service="auth"} 2.5')
})

test('an outbox that cannot be read leaves a gap and no error', async () => {
  const registry = createMetrics('auth')
  measureOutbox(registry, () => Promise.reject(new Error('down')))

  expect(await registry.metrics()).toContain('outbox_lag_seconds{service="auth"} Nan')
})
