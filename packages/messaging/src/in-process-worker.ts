import type { Consumption, Subscription } from './bus.ts'
import { defaultConcurrency, maxUnsettledDeliveries } from './bus.ts'
import { describe } from './errors.ts'
import type { Deliveries, Leased } from './in-process-deliveries.ts'
import type { Logger } from './logger.ts'
import { judge } from './retry.ts'

type Consumer = { subscription: Subscription; running: Set<Run>; closing: boolean }
type Run = { id: number; controller: AbortController; renewedAt: number; ended: Promise<void> }

export type Worker = {
  consume(subscriptions: readonly Subscription[]): Consumption
  /** Looks for deliveries now. */
  wake(): void
  close(): Promise<void>
}

type Options = { deliveries: Deliveries; logger: Logger; pollMs: number; leaseMs: number; graceMs: number }

/** Takes deliveries for all consumers of the process with one statement at a time, so that an idle mesh polls once a poll. */
export function createWorker({ deliveries, logger, pollMs, leaseMs, graceMs }: Options): Worker {
  const consumers = new Set<Consumer>()
  const finished = new Set<number>()
  let again = false
  let cycling: Promise<void> | undefined
  const poll = setInterval(wake, pollMs)
  const renewal = setInterval(() => void renew(), leaseMs / 3)

  return { consume, wake, close }

  function consume(subscriptions: readonly Subscription[]): Consumption {
    const mine = subscriptions.map((subscription): Consumer => ({ subscription, running: new Set(), closing: false }))
    for (const consumer of mine) consumers.add(consumer)
    wake()
    let closing: Promise<void> | undefined
    return { close: () => (closing ??= stop(mine)) }
  }

  async function close(): Promise<void> {
    await stop([...consumers])
    clearInterval(poll)
    clearInterval(renewal)
  }

  function wake(): void {
    again = true
    cycling ??= cycle().finally(() => {
      cycling = undefined
      if (again) wake()
    })
  }

  async function cycle(): Promise<void> {
    again = false
    try {
      await flush()
      await takeMore()
    } catch (error) {
      again = false
      logger.warn({ reason: describe(error) }, 'deliveries could not be taken; the next poll tries again')
    }
  }

  async function flush(): Promise<void> {
    if (finished.size === 0) return
    const ids = [...finished]
    await deliveries.finish(ids)
    for (const id of ids) finished.delete(id)
  }

  async function takeMore(): Promise<void> {
    const demand = new Map<string, number>()
    for (const { closing, running, subscription } of consumers) {
      const slots = closing ? 0 : slotsOf(subscription) - running.size
      if (slots > 0) demand.set(subscription.handler, (demand.get(subscription.handler) ?? 0) + slots)
    }
    if (demand.size === 0) return
    const held = [...finished, ...runs(consumers).map(({ id }) => id)]
    const leased = await deliveries.take(
      [...demand].map(([handler, slots]) => ({ handler, slots })),
      held,
    )
    const unwanted = leased.filter((delivery) => !start(delivery))
    if (unwanted.length > 0) await deliveries.release(unwanted.map(({ id }) => id))
  }

  /** False when the consumer began to close while its delivery was being taken. */
  function start(delivery: Leased): boolean {
    const consumer = [...consumers].find(
      ({ subscription, closing, running }) =>
        !closing && subscription.handler === delivery.handler && running.size < slotsOf(subscription),
    )
    if (!consumer) return false
    const controller = new AbortController()
    const run: Run = { id: delivery.id, controller, renewedAt: performance.now(), ended: Promise.resolve() }
    consumer.running.add(run)
    run.ended = handle(delivery, consumer.subscription, controller.signal).then(() => {
      consumer.running.delete(run)
      wake()
    })
    return true
  }

  async function handle(delivery: Leased, subscription: Subscription, signal: AbortSignal): Promise<void> {
    const { id, message_id, type, headers, failures, unsettled } = delivery
    const attempt = failures + 1
    try {
      if (unsettled > maxUnsettledDeliveries)
        return await deliveries.bury(id, `${unsettled - 1} deliveries without an end`)
      await subscription.handle({ id: message_id, type, headers, attempt, signal, body: JSON.parse(delivery.body) })
      if (!signal.aborted) finished.add(id)
    } catch (error) {
      if (!signal.aborted) await settleFailure(delivery, subscription, error)
    }
  }

  async function settleFailure(
    { id, message_id, failures }: Leased,
    subscription: Subscription,
    error: unknown,
  ): Promise<void> {
    const { handler, retry } = subscription
    const verdict = judge(error, failures + 1, retry)
    const facts = { handler, message_id, attempt: failures + 1, reason: describe(error) }
    try {
      if ('deadBecause' in verdict) {
        logger.error(facts, 'a message became a dead letter')
        await deliveries.bury(id, verdict.deadBecause)
      } else {
        logger.warn({ ...facts, retry_in_ms: verdict.retryInMs }, 'a handler failed and will be tried again')
        await deliveries.retry(id, verdict.retryInMs)
        if (verdict.retryInMs < pollMs) setTimeout(wake, verdict.retryInMs + 1).unref()
      }
    } catch (cause) {
      logger.warn({ handler, message_id, reason: describe(cause) }, 'a failure was not recorded; the lease will end')
    }
  }

  async function renew(): Promise<void> {
    const current = runs(consumers)
    if (current.length === 0) return
    const askedAt = performance.now()
    const kept = await deliveries.renew(current.map(({ id }) => id)).catch(() => undefined)
    for (const run of current) {
      if (kept?.includes(run.id)) run.renewedAt = askedAt
      else if (kept || performance.now() - run.renewedAt > leaseMs)
        run.controller.abort(new Error('the lease was lost'))
    }
  }

  async function stop(mine: readonly Consumer[]): Promise<void> {
    for (const consumer of mine) consumer.closing = true
    await cycling
    await within(graceMs, Promise.all(runs(mine).map(({ ended }) => ended)))
    const left = runs(mine)
    for (const { controller } of left) controller.abort(new Error('the consumer closes'))
    for (const consumer of mine) consumers.delete(consumer)
    await cycling
    try {
      await flush()
      if (left.length > 0) await deliveries.release(left.map(({ id }) => id))
    } catch (error) {
      logger.warn({ reason: describe(error) }, 'deliveries could not be given back; their leases will end')
    }
  }
}

function runs(consumers: Iterable<Consumer>): Run[] {
  return [...consumers].flatMap(({ running }) => [...running])
}

function slotsOf({ concurrency = defaultConcurrency }: Subscription): number {
  return concurrency
}

async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((resolve) => (timer = setTimeout(resolve, ms)))
  await Promise.race([work, late])
  clearTimeout(timer)
}
