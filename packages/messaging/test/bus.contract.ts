import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { patiently } from '@concord/testing/patience'
import type { Bus, BusMessage, Delivery } from '../src/bus.ts'
import { maxBodyBytes } from '../src/bus.ts'
import type { BusState } from '../src/bus-state.ts'
import { MessageTooLargeError, PermanentError, UnreachableError } from '../src/errors.ts'
import { on } from '../src/subscribe.ts'
import { aGate, aMessage, anEvent, aSubscription, aType } from './builders.ts'
import { countOf, deadLettersContract, refuse, start } from './dead-letters.contract.ts'

export type BusFixture = {
  /** Another bus on the same store or broker, as another process would open it. */
  openBus(options?: { graceMs?: number }): Bus
  state(handlers: readonly string[]): Promise<BusState>
  close(): Promise<void>
}

const quick = { attempts: 3, delaysMs: [50] }

/** What every bus promises. Call it inside a `describe`. */
export function busContract(open: () => Promise<BusFixture>): void {
  let fixture: BusFixture
  const buses: Bus[] = []

  beforeAll(async () => {
    fixture = await open()
  })
  afterEach(async () => {
    await Promise.all(buses.splice(0).map((bus) => bus.close()))
  })
  afterAll(() => fixture.close())

  function openBus(options?: { graceMs?: number }): Bus {
    const bus = fixture.openBus(options)
    buses.push(bus)
    return bus
  }

  test('hands a message to every handler of its type and to no other', async () => {
    const bus = openBus()
    const [type, other] = [aType(), aType()]
    const seen: string[] = []
    const saw =
      (name: string) =>
      async ({ id }: Delivery) =>
        void seen.push(`${name} ${id}`)
    await start(
      bus,
      aSubscription(type, saw('first')),
      aSubscription(type, saw('second')),
      aSubscription(other, saw('other')),
    )
    const message = aMessage(type)

    await bus.publish([message])

    await expect.poll(() => seen.toSorted(), patiently).toEqual([`first ${message.id}`, `second ${message.id}`])
  })

  test('hands over what was published: id, type, body and headers', async () => {
    const bus = openBus()
    const type = aType()
    const seen: BusMessage[] = []
    await start(
      bus,
      aSubscription(
        type,
        async ({ id, headers, body, ...rest }) => void seen.push({ id, type: rest.type, headers, body }),
      ),
    )
    const message = aMessage(type, 7, { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' })
    const odd = { ...aMessage(type), body: { text: 'é \u0000 \ud800 💶 "\\' } }

    await bus.publish([message, odd])

    await expect.poll(() => seen.length, patiently).toBe(2)
    expect(seen).toContainEqual(message)
    expect(seen).toContainEqual(odd)
  })

  test('keeps what is published after the declaration until somebody consumes', async () => {
    const type = aType()
    const seen: string[] = []
    const subscription = aSubscription(type, async ({ id }) => void seen.push(id))
    const first = openBus()
    await first.declare('tests', [subscription])
    const message = aMessage(type)
    await first.publish([message])
    await expect.poll(async () => (await first.depth())[subscription.handler], patiently).toBe(1)
    await first.close()

    await start(openBus(), subscription)

    await expect.poll(() => seen, patiently).toEqual([message.id])
  })

  test('takes events that nobody subscribes to', async () => {
    await expect(openBus().publish([aMessage(aType())])).resolves.toBeUndefined()
  })

  test('delivers each of many messages once when nothing fails, shared by two processes', async () => {
    const type = aType()
    const seen = [0, 0]
    const ids = new Set<string>()
    const count =
      (consumer: 0 | 1) =>
      async ({ id }: Delivery) => {
        seen[consumer] = (seen[consumer] ?? 0) + 1
        ids.add(id)
      }
    const subscription = aSubscription(type, count(0))
    const publisher = openBus()
    await start(publisher, subscription)
    await start(openBus(), { ...subscription, handle: count(1) })
    const messages = Array.from({ length: 1000 }, (_, n) => aMessage(type, n))

    await publisher.publish(messages)

    await expect.poll(() => ids.size, patiently).toBe(1000)
    await expect.poll(async () => (await publisher.depth())[subscription.handler], patiently).toBe(0)
    expect((seen[0] ?? 0) + (seen[1] ?? 0)).toBe(1000)
  })

  test('tries a failed message again, counting attempts', async () => {
    const bus = openBus()
    const type = aType()
    const attempts: number[] = []
    await start(
      bus,
      aSubscription(
        type,
        async ({ attempt }) => {
          attempts.push(attempt)
          if (attempt < 3) throw new Error('not yet')
        },
        { retry: quick },
      ),
    )

    await bus.publish([aMessage(type)])

    await expect.poll(() => attempts, patiently).toEqual([1, 2, 3])
  })

  test('counts no attempt while what a handler needs cannot be reached', async () => {
    const bus = openBus()
    const type = aType()
    const attempts: number[] = []
    await start(
      bus,
      aSubscription(
        type,
        async ({ attempt }) => {
          attempts.push(attempt)
          if (attempts.length < 3) throw new UnreachableError('the database')
        },
        { retry: { attempts: 1 } },
      ),
    )

    await bus.publish([aMessage(type)])

    await expect.poll(() => attempts, patiently).toEqual([1, 1, 1])
  })

  test('waits at least as long as the error asks for', async () => {
    const bus = openBus()
    const type = aType()
    const times: number[] = []
    await start(
      bus,
      aSubscription(
        type,
        async () => {
          times.push(performance.now())
          if (times.length === 1) throw Object.assign(new Error('busy'), { retryAfterMs: 400 })
        },
        { retry: quick },
      ),
    )

    await bus.publish([aMessage(type)])

    await expect.poll(() => times.length, patiently).toBe(2)
    const [first = 0, second = 0] = times
    expect(second - first).toBeGreaterThanOrEqual(395)
  })

  test('buries a message after its last attempt, with reason, handler and attempts', async () => {
    const bus = openBus()
    const type = aType()
    const subscription = aSubscription(type, () => Promise.reject(new Error('broken for good')), { retry: quick })
    await start(bus, subscription)
    const message = aMessage(type)

    await bus.publish([message])

    const { handler } = subscription
    await expect
      .poll(() => bus.deadLetters.list({ handler }), patiently)
      .toMatchObject([
        {
          id: message.id,
          type,
          handler,
          attempts: 3,
          body: message.body,
          reason: expect.stringContaining('broken for good'),
        },
      ])
    expect((await bus.depth())[handler]).toBe(0)
    expect(await bus.deadLetters.count()).toBeGreaterThanOrEqual(1)
  })

  test('buries at once what its handler calls permanent', async () => {
    const bus = openBus()
    const type = aType()
    const subscription = aSubscription(type, () => Promise.reject(new PermanentError('no such query')))
    await start(bus, subscription)

    await bus.publish([aMessage(type)])

    const { handler } = subscription
    await expect
      .poll(() => bus.deadLetters.list({ handler }), patiently)
      .toMatchObject([{ attempts: 1, reason: 'PermanentError: no such query' }])
  })

  test('buries at once what breaks its contract, naming the field and not its value', async () => {
    const bus = openBus()
    const definition = anEvent()
    let handled = 0
    const subscription = on(definition, { handler: `tests-${definition.type}` }, async () => void (handled += 1))
    await start(bus, subscription)
    const { body, ...message } = aMessage(definition.type)

    await bus.publish([{ ...message, body: { ...Object(body), data: { n: 'private words' } } }])

    const { handler } = subscription
    await expect.poll(() => bus.deadLetters.list({ handler }), patiently).toHaveLength(1)
    const [letter] = await bus.deadLetters.list({ handler })
    expect(letter?.reason).toContain('data.n')
    expect(letter?.reason).not.toContain('private')
    expect(handled).toBe(0)
  })

  test('tells what waits, who consumes and what is dead, and changes nothing', async () => {
    const bus = openBus()
    const [type, broken] = [aType(), aType()]
    const [idle, failing] = [aSubscription(type, async () => {}), aSubscription(broken, refuse)]
    await bus.declare('idle', [idle])
    await bus.declare('failing', [failing])
    await bus.consume('failing', [failing])
    await bus.publish([aMessage(type), aMessage(type), aMessage(broken)])
    await expect.poll(() => countOf(bus, failing.handler), patiently).toBe(1)
    const look = () => fixture.state([idle.handler, failing.handler])

    await expect.poll(look, patiently).toMatchObject({
      queues: expect.arrayContaining([expect.objectContaining({ handler: idle.handler, waiting: 2 })]),
    })

    const { queues, dead } = await look()
    const consumers = queues.find(({ handler }) => handler === failing.handler)?.consumers
    expect([1, null]).toContain(consumers)
    expect(dead).toBeGreaterThanOrEqual(1)
    expect((await bus.depth())[idle.handler]).toBe(2)
  })

  deadLettersContract(openBus)

  test('runs no more than the handler allows at once', async () => {
    const bus = openBus()
    const type = aType()
    let [now, most, done] = [0, 0, 0]
    const handle = async () => {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setTimeout(resolve, 5))
      now -= 1
      done += 1
    }
    await start(bus, aSubscription(type, handle, { concurrency: 3 }))

    await bus.publish(Array.from({ length: 40 }, () => aMessage(type)))

    await expect.poll(() => done, patiently).toBe(40)
    expect(most).toBe(3)
  })

  test('closing waits for the running handler and acknowledges its message', async () => {
    const bus = openBus()
    const type = aType()
    const [started, gate] = [aGate(), aGate()]
    let finished = false
    const subscription = aSubscription(type, async () => {
      started.open()
      await gate.passed
      finished = true
    })
    const consumption = await start(bus, subscription)
    await bus.publish([aMessage(type)])
    await started.passed

    const closed = consumption.close()
    gate.open()
    await closed

    expect(finished).toBe(true)
    await expect.poll(async () => (await bus.depth())[subscription.handler], patiently).toBe(0)
  })

  test('closing aborts a handler that outlasts the grace, and its message goes to the next consumer', async () => {
    const type = aType()
    const started = aGate()
    let aborted = false
    const seen: number[] = []
    const subscription = aSubscription(type, ({ signal }) => {
      started.open()
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true
          reject(new Error('given up'))
        })
      })
    })
    const first = openBus({ graceMs: 20 })
    const consumption = await start(first, subscription)
    await first.publish([aMessage(type)])
    await started.passed

    await consumption.close()
    await start(openBus(), { ...subscription, handle: async ({ attempt }) => void seen.push(attempt) })

    expect(aborted).toBe(true)
    await expect.poll(() => seen, patiently).toEqual([1])
  })

  test('closing amid a flow loses nothing and acknowledges nothing unhandled', async () => {
    const type = aType()
    const seen = new Map<string, number>()
    const handle = async ({ id }: Delivery) => {
      await new Promise((resolve) => setTimeout(resolve, 2))
      seen.set(id, (seen.get(id) ?? 0) + 1)
    }
    const subscription = aSubscription(type, handle)
    const first = openBus()
    const consumption = await start(first, subscription)
    await first.publish(Array.from({ length: 300 }, (_, n) => aMessage(type, n)))
    await expect.poll(() => seen.size, patiently).toBeGreaterThan(20)

    await consumption.close()
    const atClose = seen.size
    await start(openBus(), subscription)

    expect(atClose).toBeLessThan(300)
    await expect.poll(() => seen.size, patiently).toBe(300)
    expect(Math.max(...seen.values())).toBe(1)
  })

  test('refuses a body above the limit and publishes nothing of its batch', async () => {
    const bus = openBus()
    const type = aType()
    const subscription = aSubscription(type, async () => {})
    await bus.declare('tests', [subscription])
    const large = { ...aMessage(type), body: 'x'.repeat(maxBodyBytes) }

    await expect(bus.publish([aMessage(type), large])).rejects.toThrow(MessageTooLargeError)

    expect((await bus.depth())[subscription.handler]).toBe(0)
  })

  test('carries a body of the largest size', async () => {
    const bus = openBus()
    const type = aType()
    const seen: unknown[] = []
    await start(
      bus,
      aSubscription(type, async ({ body }) => void seen.push(body)),
    )
    const body = 'x'.repeat(maxBodyBytes - 2)

    await bus.publish([{ ...aMessage(type), body }])

    await expect.poll(() => seen.length, patiently).toBe(1)
    expect(seen[0] === body).toBe(true)
  })

  test('answers a ping', async () => {
    await expect(openBus().ping()).resolves.toBeUndefined()
  })
}
