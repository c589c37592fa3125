import type { Consumption, Subscription } from './bus.ts'
import { defaultConcurrency } from './bus.ts'
import { describe } from './errors.ts'
import type { Deliveries, Leased } from './in-process-deliveries.ts'
import { handleDelivery } from './in-process-handling.ts'
import type { Logger } from './logger.ts'
import { within } from './within.ts'

type Consumer = { subscription: Subscription; running: Set<Run>; closing: boolean }
type Run = { id: number; controller: AbortController; renewedAt: number; ended: Promise<void> }

export type Worker = {
  consume(subscriptions: readonly Subscription[]): Consumption
  /** Looks for deliveries now. */
  wake(): void
  close(): Promise<void>
}

type Options = { deliveries: Deliveries; logger: Logger; pollMs: number; leaseMs: number; graceMs: number }
/**
 * `finished` are handled and not yet removed. `backlogged` are handlers that had no room for more at the last look.
 * `idle` resolves when no statement that takes deliveries is under way.
 */
type State = Options & {
  consumers: Set<Consumer>
  finished: Set<number>
  backlogged: Set<string>
  wake(): void
  tidy(): void
  idle(): Promise<void>
}

/** Takes deliveries for all consumers of the process with one statement at a time: an idle mesh costs one query a poll. */
export function createWorker(options: Options): Worker {
  let due = { look: false, tidy: false }
  let cycling: Promise<void> | undefined
  const idle = async (): Promise<void> => cycling
  const sets = { consumers: new Set<Consumer>(), finished: new Set<number>(), backlogged: new Set<string>() }
  const state: State = { ...options, ...sets, wake, tidy, idle }
  const poll = setInterval(wake, options.pollMs)
  const renewal = setInterval(() => void renew(state), options.leaseMs / 3)

  function wake(): void {
    due.look = true
    run()
  }

  function tidy(): void {
    due.tidy = true
    run()
  }

  function run(): void {
    cycling ??= cycle().finally(() => {
      cycling = undefined
      if (due.look || due.tidy) run()
    })
  }

  async function cycle(): Promise<void> {
    const { look } = due
    due = { look: false, tidy: false }
    try {
      await flush(state)
      if (look) await takeMore(state)
    } catch (error) {
      due = { look: false, tidy: false }
      options.logger.warn({ reason: describe(error) }, 'deliveries could not be taken; the next poll tries again')
    }
  }

  return {
    consume(subscriptions) {
      const mine = subscriptions.map((subscription): Consumer => ({ subscription, running: new Set(), closing: false }))
      for (const consumer of mine) state.consumers.add(consumer)
      wake()
      let closing: Promise<void> | undefined
      return { close: () => (closing ??= stop(state, mine)) }
    },
    wake,
    async close() {
      await stop(state, [...state.consumers])
      clearInterval(poll)
      clearInterval(renewal)
    },
  }
}

async function flush({ deliveries, finished }: State): Promise<void> {
  if (finished.size === 0) return
  const ids = [...finished]
  await deliveries.finish(ids)
  for (const id of ids) finished.delete(id)
}

async function takeMore(state: State): Promise<void> {
  const demand = new Map<string, number>()
  state.backlogged.clear()
  for (const consumer of state.consumers) {
    const { handler } = consumer.subscription
    if (hasRoom(consumer)) demand.set(handler, (demand.get(handler) ?? 0) + room(consumer))
    else state.backlogged.add(handler)
  }
  if (demand.size === 0) return
  const held = [...state.finished, ...runs(state.consumers).map(({ id }) => id)]
  const leased = await state.deliveries.take(
    [...demand].map(([handler, slots]) => ({ handler, slots })),
    held,
  )
  for (const [handler, slots] of demand) {
    if (leased.filter((delivery) => delivery.handler === handler).length >= slots) state.backlogged.add(handler)
  }
  const unwanted = leased.filter((delivery) => !start(state, delivery))
  if (unwanted.length > 0) await state.deliveries.release(unwanted.map(({ id }) => id))
}

/** False when the consumer began to close while its delivery was being taken. */
function start(state: State, delivery: Leased): boolean {
  const consumer = [...state.consumers].find((one) => one.subscription.handler === delivery.handler && hasRoom(one))
  if (!consumer) return false
  const controller = new AbortController()
  const run: Run = { id: delivery.id, controller, renewedAt: performance.now(), ended: Promise.resolve() }
  consumer.running.add(run)
  run.ended = carryOut(state, { consumer, delivery, run })
  return true
}

async function carryOut(
  state: State,
  { consumer, delivery, run }: { consumer: Consumer; delivery: Leased; run: Run },
): Promise<void> {
  const retryIn = (ms: number) => void setTimeout(() => state.wake(), ms + 1).unref()
  const { subscription } = consumer
  const { signal } = run.controller
  const done = await handleDelivery({ ...state, retryIn }, { delivery, subscription, signal })
  if (done) state.finished.add(delivery.id)
  consumer.running.delete(run)
  if (state.backlogged.has(subscription.handler)) state.wake()
  else state.tidy()
}

async function renew({ consumers, deliveries, leaseMs }: State): Promise<void> {
  const current = runs(consumers)
  if (current.length === 0) return
  const askedAt = performance.now()
  const kept = await deliveries.renew(current.map(({ id }) => id)).catch(() => undefined)
  for (const run of current) {
    if (kept?.includes(run.id)) run.renewedAt = askedAt
    else if (kept || performance.now() - run.renewedAt > leaseMs) run.controller.abort(new Error('the lease was lost'))
  }
}

async function stop(state: State, mine: readonly Consumer[]): Promise<void> {
  for (const consumer of mine) consumer.closing = true
  await state.idle()
  await within(state.graceMs, Promise.all(runs(mine).map(({ ended }) => ended)))
  const left = runs(mine)
  for (const { controller } of left) controller.abort(new Error('the consumer closes'))
  for (const consumer of mine) state.consumers.delete(consumer)
  await state.idle()
  try {
    await flush(state)
    if (left.length > 0) await state.deliveries.release(left.map(({ id }) => id))
  } catch (error) {
    state.logger.warn({ reason: describe(error) }, 'deliveries could not be given back; their leases will end')
  }
}

function runs(consumers: Iterable<Consumer>): Run[] {
  return [...consumers].flatMap(({ running }) => [...running])
}

function room({ subscription, running }: Consumer): number {
  return (subscription.concurrency ?? defaultConcurrency) - running.size
}

function hasRoom(consumer: Consumer): boolean {
  return !consumer.closing && room(consumer) > 0
}
