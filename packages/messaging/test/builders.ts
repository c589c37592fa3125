import { defineEvent } from '@concord/contracts/envelope'
import { uuidv7 } from 'uuidv7'
import { z } from 'zod'
import type { BusMessage, Handle, Subscription } from '../src/bus.ts'
import type { Logger } from '../src/logger.ts'

export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} }

/** An event type that no other test uses. */
export function aType(): `${string}.v1` {
  return `thing-${uuidv7()}.counted.v1`
}

export function anEvent(type = aType()) {
  return defineEvent(type, z.object({ n: z.int().nonnegative() }))
}

export function aMessage(type: string, n = 0, headers: Record<string, string> = {}): BusMessage {
  const id = uuidv7()
  const time = new Date().toISOString()
  return { id, type, headers, body: { id, type, time, source: 'tests', correlation_id: 'c', data: { n } } }
}

export function aSubscription(type: string, handle: Handle, more: Partial<Subscription> = {}): Subscription {
  return { type, handler: `tests-${uuidv7()}`, handle, ...more }
}

/** Handlers wait at a gate until the test opens it. */
export function aGate(): { passed: Promise<void>; open(): void } {
  const { promise: passed, resolve: open } = Promise.withResolvers<void>()
  return { passed, open }
}
