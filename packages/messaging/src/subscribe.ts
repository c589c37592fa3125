import type { EventDefinition } from '@concord/contracts/envelope'
import type { Delivery, RetryPolicy, Subscription } from './bus.ts'
import { PermanentError } from './errors.ts'

type Options = { handler: string; concurrency?: number; retry?: Partial<RetryPolicy> }

/**
 * Binds one event version to one handler, which only ever sees a parsed event. What breaks its contract is a dead letter
 * at once; the reason names the fields, never their values.
 */
export function on<Event>(
  definition: EventDefinition<Event>,
  options: Options,
  handle: (event: Event, delivery: Delivery) => Promise<void>,
): Subscription {
  return {
    type: definition.type,
    ...options,
    async handle(delivery) {
      const parsed = definition.schema.safeParse(delivery.body)
      if (!parsed.success) {
        const fields = parsed.error.issues.map(({ path, code }) => `${path.join('.') || 'the body'} (${code})`)
        throw new PermanentError(`breaks the contract of ${definition.type}: ${fields.slice(0, 10).join(', ')}`)
      }
      await handle(parsed.data, delivery)
    },
  }
}
