import type { KeyValue } from '@concord/key-value/key-value'
import { liveChannel } from '@concord/contracts/live-events'
import type { Logger } from '@concord/service-kit/logging'
import { z } from 'zod'
import type { CancelChannel, PublishLive } from '../ports.ts'

/** What is published is for spectators only: a failure is logged and forgotten. */
export function keyValueLive(keyValue: KeyValue, logger: Logger): PublishLive {
  return (event) => {
    keyValue.publish(liveChannel(event.query_id), JSON.stringify(event)).catch((err: unknown) => {
      logger.debug({ err, query_id: event.query_id }, 'a live event was lost')
    })
  }
}

const channel = 'inference:cancel'
const Message = z.union([z.object({ query_id: z.string() }), z.object({ turn_ids: z.array(z.string()) })])

/** One channel for all queries: each replica listens to it from its start on, so that no subscription can come too late. */
export function keyValueCancelChannel(keyValue: KeyValue, logger: Logger): CancelChannel {
  return {
    publish: (cancellation) => keyValue.publish(channel, JSON.stringify(cancellation)),
    subscribe: (listener) =>
      keyValue.subscribe(channel, (text) => {
        try {
          listener(Message.parse(JSON.parse(text)))
        } catch (err) {
          logger.warn({ err }, 'a cancellation could not be read')
        }
      }),
  }
}
