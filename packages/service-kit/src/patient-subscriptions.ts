import type { Subscription } from '@concord/messaging/bus'
import { UnreachableError } from '@concord/messaging/errors'
import { isOutage } from './outage.ts'

/** The same subscriptions, told apart by what failed: while a database or store cannot be reached, no attempt of a message counts. */
export function patientSubscriptions(subscriptions: readonly Subscription[]): Subscription[] {
  return subscriptions.map((subscription) => ({
    ...subscription,
    async handle(delivery) {
      try {
        await subscription.handle(delivery)
      } catch (error) {
        throw isOutage(error) ? new UnreachableError(messageOf(error), { cause: error }) : error
      }
    },
  }))
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
