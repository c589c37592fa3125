import type { Bus, BusMessage, Delivery, Subscription } from '@concord/messaging/bus'
import { continueTrace, errorTypeOf, parseTraceparent, toTraceparent, untilEnded, withTrace } from './trace.ts'
import type { Attributes, Recorder, Span } from './trace.ts'

/** The bus with a span for each message that it takes: its consumers continue from there. */
export function tracedBus<Kind extends Pick<Bus, 'publish'>>(
  bus: Kind,
  { recorder, system }: { recorder: Recorder; system: string },
): Kind {
  function begun(message: BusMessage): { span?: Span; message: BusMessage } {
    const parent = parseTraceparent(message.headers['traceparent'])
    if (!parent) return { message }
    const { type, id } = message
    const attributes = { 'messaging.system': system, ...attributesOf('send', type, id) }
    const span = recorder.begin(`send ${type}`, { kind: 'producer', parent, attributes })
    return { span, message: { ...message, headers: { ...message.headers, traceparent: toTraceparent(span.trace) } } }
  }

  return {
    ...bus,
    async publish(messages, options) {
      const sent = messages.map(begun)
      const end = (errorType?: string) => sent.forEach(({ span }) => span?.end(errorType))
      try {
        await bus.publish(
          sent.map(({ message }) => message),
          options,
        )
        end()
      } catch (error) {
        end(errorTypeOf(error))
        throw error
      }
    },
  }
}

/** The same subscriptions, each handling in the trace of whoever sent the message, and in a span where there is a recorder. */
export function tracedSubscriptions(
  subscriptions: readonly Subscription[],
  recorder: Recorder | undefined,
): Subscription[] {
  return subscriptions.map((subscription) => ({
    ...subscription,
    handle(delivery) {
      const { traceparent } = delivery.headers
      if (!recorder) return withTrace(continueTrace(traceparent), () => subscription.handle(delivery))
      const { type, handler } = subscription
      const span = recorder.begin(`process ${type}`, {
        kind: 'consumer',
        parent: parseTraceparent(traceparent),
        attributes: {
          ...attributesOf('process', type, delivery.id),
          'messaging.message.conversation_id': correlationOf(delivery),
          'messaging.destination.subscription.name': handler,
          'concord.attempt': delivery.attempt,
        },
      })
      return withTrace(span.trace, () => untilEnded(span, () => subscription.handle(delivery)))
    },
  }))
}

/** By the semantic conventions of OpenTelemetry for messaging. */
function attributesOf(operation: 'send' | 'process', type: string, id: string): Attributes {
  return {
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': type,
    'messaging.message.id': id,
  }
}

/** The id of what the message is about, such as a query's; a message is anybody's, so nothing else is taken for one. */
function correlationOf({ body }: Delivery): string | undefined {
  const { correlation_id: id } = { correlation_id: undefined, ...(typeof body === 'object' ? body : {}) }
  return typeof id === 'string' && /^[\w-]{1,64}$/.test(id) ? id : undefined
}
