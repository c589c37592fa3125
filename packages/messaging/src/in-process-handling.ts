import type { Subscription } from './bus.ts'
import { maxUnsettledDeliveries } from './bus.ts'
import { describe } from './errors.ts'
import type { Deliveries, Leased } from './in-process-deliveries.ts'
import type { Logger } from './logger.ts'
import { judge } from './retry.ts'

type Context = { deliveries: Deliveries; logger: Logger; retryIn: (ms: number) => void }

/** Runs the handler, and records its failure. True when the delivery is done with and has to be removed; never throws. */
export async function handleDelivery(
  context: Context,
  { delivery, subscription, signal }: { delivery: Leased; subscription: Subscription; signal: AbortSignal },
): Promise<boolean> {
  const { id, message_id, type, headers, failures, unsettled } = delivery
  const attempt = failures + 1
  try {
    if (unsettled > maxUnsettledDeliveries) {
      await bury(context, delivery, `its consumers died ${unsettled - 1} times while they handled it`)
      return false
    }
    await subscription.handle({ id: message_id, type, headers, attempt, signal, body: JSON.parse(delivery.body) })
    return !signal.aborted
  } catch (error) {
    // Whoever aborted has given the delivery back or lost it already.
    if (!signal.aborted) await recordFailure(context, { delivery, subscription, error })
    return false
  } finally {
    context.logger.debug({ delivery: id, handler: delivery.handler, message_id, attempt }, 'a delivery was handled')
  }
}

async function recordFailure(
  context: Context,
  { delivery, subscription, error }: { delivery: Leased; subscription: Subscription; error: unknown },
): Promise<void> {
  const { id, message_id, handler, failures } = delivery
  const attempt = failures + 1
  const verdict = judge(error, attempt, subscription.retry)
  try {
    if ('deadBecause' in verdict) return await bury(context, delivery, verdict.deadBecause)
    const facts = { handler, message_id, attempt, reason: describe(error), retry_in_ms: verdict.retryInMs }
    context.logger.warn(facts, 'a handler failed and will be tried again')
    await context.deliveries.retry(id, verdict.retryInMs, { counts: verdict.counts })
    context.retryIn(verdict.retryInMs)
  } catch (cause) {
    const facts = { handler, message_id, reason: describe(cause) }
    context.logger.warn(facts, 'a failure could not be recorded; the delivery comes back when its lease ends')
  }
}

async function bury({ deliveries, logger }: Context, delivery: Leased, reason: string): Promise<void> {
  await deliveries.bury(delivery.id, reason)
  const { handler, message_id, failures } = delivery
  logger.error({ handler, message_id, attempts: failures + 1, reason }, 'a message became a dead letter')
}
