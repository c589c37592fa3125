import { engines } from '@concord/testing/engines'
import type { Engine } from '@concord/testing/engines'
import { patiently } from '@concord/testing/patience'
import { connect } from 'amqplib'
import { afterAll, afterEach, beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { aGate, aMessage, aSubscription, aType, silent } from '../test/builders.ts'
import { startProxy } from '../test/proxy.ts'
import type { Proxy } from '../test/proxy.ts'
import type { Bus, Delivery } from './bus.ts'
import { maxUnsettledDeliveries } from './bus.ts'
import { PublishError } from './errors.ts'
import { rabbitMqBus } from './rabbitmq.ts'
import type { RabbitMqBusOptions } from './rabbitmq.ts'

let engine: Engine
let proxy: Proxy
const buses: Bus[] = []

beforeAll(async () => {
  engine = await engines[1].open({ migrations: [] })
  proxy = await startProxy(engine.rabbitMqUrl ?? '')
})
afterEach(async () => {
  proxy.open()
  await Promise.all(buses.splice(0).map((bus) => bus.close()))
})
afterAll(async () => {
  await proxy.close()
  await engine.close()
})

function openBus(options: Partial<RabbitMqBusOptions> = {}): Bus {
  const bus = rabbitMqBus({ url: proxy.url, logger: silent, retryStepsMs: [50], ...options })
  buses.push(bus)
  return bus
}

test('applies every message when connections are cut while thousands flow', async () => {
  const type = aType()
  const seen = new Set<string>()
  const subscription = aSubscription(type, async ({ id }) => void seen.add(id), { concurrency: 50 })
  const bus = openBus()
  await bus.declare('tests', [subscription])
  await bus.consume('tests', [subscription])
  const messages = Array.from({ length: 3000 }, (_, n) => aMessage(type, n))
  const cuts = setInterval(() => proxy.cut(), 300)
  onTestFinished(() => clearInterval(cuts))

  for (let at = 0; at < messages.length; at += 100) await publishUntilTaken(bus, messages.slice(at, at + 100))

  await expect.poll(() => seen.size, patiently).toBe(3000)
})

test('aborts the handler in flight when its connection is lost, and delivers the message again as the same attempt', async () => {
  const type = aType()
  const started = aGate()
  const attempts: number[] = []
  let reason: unknown
  const handle = async ({ attempt, signal }: Delivery) => {
    attempts.push(attempt)
    if (attempts.length > 1) return
    started.open()
    await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    reason = signal.reason
  }
  const subscription = aSubscription(type, handle)
  const bus = openBus()
  await bus.declare('tests', [subscription])
  await bus.consume('tests', [subscription])
  await bus.publish([aMessage(type)])
  await started.passed

  proxy.cut()

  await expect.poll(() => attempts, patiently).toEqual([1, 1])
  expect(reason).toMatchObject({ message: 'the connection to the broker was lost' })
})

test('comes back when the broker itself closes the connections', async () => {
  const type = aType()
  const seen = new Set<string>()
  const subscription = aSubscription(type, async ({ id }) => void seen.add(id))
  const bus = openBus({ prefix: type })
  await bus.declare('tests', [subscription])
  await bus.consume('tests', [subscription])

  await expect.poll(() => closeConnectionsNamed(type), { ...patiently, interval: 500 }).toBe(2)
  await publishUntilTaken(bus, [aMessage(type)])

  await expect.poll(() => seen.size, patiently).toBe(1)
})

test('publishing waits through an outage that ends in time', async () => {
  const bus = openBus()
  await bus.ping()
  proxy.shut()
  await expect(bus.ping()).rejects.toBeInstanceOf(Error)

  const published = bus.publish([aMessage(aType())])
  setTimeout(() => proxy.open(), 300)

  await expect(published).resolves.toBeUndefined()
})

test('publishing during a longer outage is refused at its deadline', async () => {
  const bus = openBus({ publishTimeoutMs: 200 })
  await bus.ping()
  proxy.shut()

  await expect(bus.publish([aMessage(aType())])).rejects.toThrow(PublishError)
})

test('publishing to a broker that hangs is refused at its deadline, and works when the broker is back', async () => {
  const bus = openBus({ publishTimeoutMs: 300 })
  await bus.publish([aMessage(aType())])
  proxy.hang()

  await expect(bus.publish([aMessage(aType())])).rejects.toThrow('did not confirm')

  proxy.shut()
  proxy.open()
  await publishUntilTaken(bus, [aMessage(aType())])
})

test('a broker short of memory is reported, and what it does not confirm is refused at its deadline', async () => {
  const warnings: string[] = []
  const logger = { ...silent, warn: (_: object, message: string) => void warnings.push(message) }
  const bus = openBus({ logger, publishTimeoutMs: 300 })
  await bus.publish([aMessage(aType())])

  proxy.say(connectionBlocked('low on memory'))
  proxy.hang()

  await expect(bus.publish([aMessage(aType())])).rejects.toThrow(PublishError)
  expect(warnings).toContain('the broker takes no messages now')
})

test('hundreds of unconfirmed publishes all end when the connection breaks', async () => {
  const bus = openBus()
  await bus.ping()
  const type = aType()

  const publishes = Array.from({ length: 500 }, () => bus.publish([aMessage(type)]))
  setImmediate(() => setImmediate(() => proxy.cut()))

  const outcomes = await Promise.allSettled(publishes)
  expect(outcomes).toHaveLength(500)
})

test('a queue declared after the event was published gets it too, and only the first time', async () => {
  const type = aType()
  const seen: string[] = []
  const subscription = aSubscription(type, async ({ id }) => void seen.push(id))
  const bus = openBus()
  const [early, late] = [aMessage(type), aMessage(type)]
  await bus.publish([early, aMessage(aType())])

  await bus.declare('tests', [subscription])
  await bus.declare('tests', [subscription])
  await bus.consume('tests', [subscription])
  await bus.publish([late])

  await expect.poll(() => seen.toSorted(), patiently).toEqual([early.id, late.id])
})

test('what anybody else put into the queue is a dead letter when it is no JSON', async () => {
  const type = aType()
  const subscription = aSubscription(type, async () => {})
  const bus = openBus()
  await bus.declare('tests', [subscription])
  await bus.consume('tests', [subscription])
  const stranger = await connect(engine.rabbitMqUrl ?? '')
  const channel = await stranger.createConfirmChannel()

  channel.publish('concord.events', type, Buffer.from([0xff, 0x7b]), { headers: { 'concord-attempt': 'many' } })
  await channel.waitForConfirms()
  await stranger.close()

  const { handler } = subscription
  await expect
    .poll(() => bus.deadLetters.list({ handler }), patiently)
    .toMatchObject([{ body: null, attempts: 1, reason: expect.stringContaining('no JSON') }])
})

test('makes its exchanges and queues again when the broker has lost them', async () => {
  const type = aType()
  const seen = new Set<string>()
  const subscription = aSubscription(type, async ({ id }) => void seen.add(id))
  const bus = openBus()
  await bus.declare('tests', [subscription])
  await bus.consume('tests', [subscription])
  const eraser = await connect(engine.rabbitMqUrl ?? '')
  const channel = await eraser.createChannel()
  await channel.deleteExchange('concord.events')
  await channel.deleteQueue(`concord.${subscription.handler}`)
  await eraser.close()

  await publishUntilTaken(bus, [aMessage(type)])
  await expect.poll(() => publishUntilTaken(bus, [aMessage(type)]).then(() => seen.size), patiently).toBeGreaterThan(0)
})

test('a message whose consumers always die becomes a dead letter in the end, and 30 deaths are not the end', async () => {
  const type = aType()
  const subscription = aSubscription(type, async () => {})
  const bus = openBus()
  await bus.declare('tests', [subscription])
  await bus.publish([aMessage(type)])
  const dying = await connect(engine.rabbitMqUrl ?? '')
  const die = async () => {
    const channel = await dying.createChannel()
    const message = await channel.get(`concord.${subscription.handler}`)
    await channel.close()
    return message !== false
  }

  const deaths = { survived: 0 }
  while (await die()) deaths.survived += 1
  await dying.close()

  expect(deaths.survived).toBeGreaterThan(30)
  expect(deaths.survived).toBe(maxUnsettledDeliveries + 1)
  const { handler } = subscription
  await expect.poll(() => bus.deadLetters.list({ handler }), patiently).toMatchObject([{ reason: 'delivery_limit' }])
})

test('a bus whose broker is away can be closed', async () => {
  proxy.shut()
  const bus = openBus()
  await bus.consume('tests', [aSubscription(aType(), async () => {})])

  await expect(bus.close()).resolves.toBeUndefined()
})

/** As the outbox does: again until the broker has confirmed. */
async function publishUntilTaken(bus: Bus, messages: Parameters<Bus['publish']>[0]): Promise<void> {
  await expect
    .poll(
      () =>
        bus.publish(messages).then(
          () => 'taken',
          () => 'refused',
        ),
      patiently,
    )
    .toBe('taken')
}

async function closeConnectionsNamed(prefix: string): Promise<number> {
  const { rabbitMqManagementUrl } = inject('servers')
  const { origin, username, password } = new URL(rabbitMqManagementUrl)
  const headers = { authorization: `Basic ${btoa(`${username}:${password}`)}` }
  const answer = await fetch(`${origin}/api/connections`, { headers })
  const all: { name: string; user_provided_name?: string }[] = JSON.parse(await answer.text())
  const own = all.filter((one) => one.user_provided_name?.startsWith(prefix))
  for (const { name } of own) {
    await fetch(`${origin}/api/connections/${encodeURIComponent(name)}`, { method: 'DELETE', headers })
  }
  return own.length
}

/** AMQP 0-9-1 with RabbitMQ's extension: a method frame on channel 0, class 10, method 60, and the reason. */
function connectionBlocked(reason: string): Buffer {
  const payload = Buffer.concat([Buffer.from([0, 10, 0, 60, reason.length]), Buffer.from(reason)])
  const header = Buffer.alloc(7)
  header.writeUInt8(1, 0)
  header.writeUInt32BE(payload.length, 3)
  return Buffer.concat([header, payload, Buffer.from([0xce])])
}
