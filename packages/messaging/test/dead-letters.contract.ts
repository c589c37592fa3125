import { expect, test } from 'vitest'
import { patiently } from '@concord/testing/patience'
import type { Bus, Subscription } from '../src/bus.ts'
import { PermanentError } from '../src/errors.ts'
import { aMessage, aSubscription, aType } from './builders.ts'

/** What every bus promises of its dead letters. Called by the suite of the bus. */
export function deadLettersContract(openBus: () => Bus): void {
  test('replays a dead letter to its own handler only, with fresh attempts', async () => {
    const bus = openBus()
    const type = aType()
    let healed = false
    const repaired: number[] = []
    let others = 0
    const failing = aSubscription(type, async ({ attempt }) => {
      if (!healed) throw new PermanentError('later')
      repaired.push(attempt)
    })
    await start(
      bus,
      failing,
      aSubscription(type, async () => void (others += 1)),
    )
    const [message, second] = [aMessage(type), aMessage(type)]
    await bus.publish([message, second])
    const { handler } = failing
    await expect.poll(() => bus.deadLetters.list({ handler }), patiently).toHaveLength(2)
    healed = true

    const replayed = await bus.deadLetters.replay({ handler, id: message.id })

    expect(replayed).toEqual({ replayed: 1, unhandled: 0 })
    await expect.poll(() => repaired, patiently).toEqual([1])
    expect(others).toBe(2)
    expect(await bus.deadLetters.list({ handler })).toMatchObject([{ id: second.id }])
  })

  test('replays many at once, each of them once, though they die again at once', async () => {
    const bus = openBus()
    const type = aType()
    const seen = new Map<string, number>()
    const failing = aSubscription(type, async ({ id }) => {
      seen.set(id, (seen.get(id) ?? 0) + 1)
      throw new PermanentError('never')
    })
    await start(bus, failing)
    const { handler } = failing
    await bus.publish(Array.from({ length: 60 }, (_, n) => aMessage(type, n)))
    await expect.poll(() => countOf(bus, handler), patiently).toBe(60)

    expect(await bus.deadLetters.replay({ handler })).toEqual({ replayed: 60, unhandled: 0 })

    await expect.poll(() => countOf(bus, handler), patiently).toBe(60)
    expect([...seen.values()].every((times) => times === 2)).toBe(true)
  })

  test('picks a dead letter by its id alone, and tells its size and headers', async () => {
    const bus = openBus()
    const type = aType()
    await start(bus, aSubscription(type, refuse), aSubscription(type, refuse))
    const headers = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' }
    const message = aMessage(type, 1, headers)
    await bus.publish([message, aMessage(type)])
    const { id } = message
    await expect.poll(() => bus.deadLetters.list({ id }), patiently).toHaveLength(2)

    const letters = await bus.deadLetters.list({ id })
    const bytes = Buffer.byteLength(JSON.stringify(message.body))
    expect(letters).toMatchObject([
      { headers, bytes },
      { headers, bytes },
    ])
    expect(await bus.deadLetters.drop({ id })).toBe(2)
    expect(await bus.deadLetters.list({ id })).toEqual([])
  })

  test('tells by handler how many are dead and since when', async () => {
    const bus = openBus()
    const type = aType()
    const [busy, other] = [aSubscription(type, refuse), aSubscription(aType(), refuse)]
    await start(bus, busy, other)
    const before = new Date(Date.now() - 2_000).toISOString()
    await bus.publish([aMessage(type), aMessage(type), aMessage(type), aMessage(other.type)])
    await expect.poll(() => countOf(bus, busy.handler), patiently).toBe(3)
    await expect.poll(() => countOf(bus, other.handler), patiently).toBe(1)

    const groups = await bus.deadLetters.groups()

    expect(groups).toContainEqual({ handler: busy.handler, count: 3, oldest: expect.any(String) })
    expect(groups).toContainEqual({ handler: other.handler, count: 1, oldest: expect.any(String) })
    expect(groups.find(({ handler }) => handler === busy.handler)?.oldest).toSatisfy((at: string) => at > before)
  })

  test('drops the dead letters of one handler', async () => {
    const bus = openBus()
    const type = aType()
    const [dropped, kept] = [aSubscription(type, refuse), aSubscription(type, refuse)]
    await start(bus, dropped, kept)
    await bus.publish([aMessage(type), aMessage(type)])
    for (const { handler } of [dropped, kept]) {
      await expect.poll(() => bus.deadLetters.list({ handler }), patiently).toHaveLength(2)
    }

    expect(await bus.deadLetters.drop({ handler: dropped.handler })).toBe(2)

    expect(await bus.deadLetters.list({ handler: dropped.handler })).toEqual([])
    expect(await bus.deadLetters.list({ handler: kept.handler })).toHaveLength(2)
  })
}

export async function start(bus: Bus, ...subscriptions: Subscription[]) {
  await bus.declare('tests', subscriptions)
  return bus.consume('tests', subscriptions)
}

export async function countOf(bus: Bus, handler: string): Promise<number> {
  return (await bus.deadLetters.groups()).find((group) => group.handler === handler)?.count ?? 0
}

export function refuse(): Promise<never> {
  return Promise.reject(new PermanentError('no'))
}
