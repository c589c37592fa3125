import { version } from '@concord/service-kit/version'
import * as events from '@concord/contracts/events'
import { DurableEvent, Heartbeat, PassingEvent, SocketRequest } from '@concord/contracts/live-events'
import { z } from 'zod'

/** AsyncAPI 3.0 (https://www.asyncapi.com/docs/reference/specification/v3.0.0): the socket's events and the messages of the bus. */
export function asyncApiDocument(publicUrl: string): object {
  const { host, protocol } = new URL(publicUrl)
  const bus = Object.values(events).map(({ type, schema }) => ({ name: type, schema: z.toJSONSchema(schema) }))
  const socket = [
    { name: 'DurableEvent', schema: z.toJSONSchema(DurableEvent) },
    { name: 'PassingEvent', schema: z.toJSONSchema(PassingEvent) },
    { name: 'Heartbeat', schema: z.toJSONSchema(Heartbeat) },
  ]
  const request = { name: 'SocketRequest', schema: z.toJSONSchema(SocketRequest) }
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Concord',
      version,
      description: 'Live events of a deliberation, and the messages between the services.',
    },
    servers: { public: { host, protocol: protocol === 'https:' ? 'wss' : 'ws' } },
    channels: {
      query: {
        address: '/api/v1/ws/{query_id}',
        parameters: { query_id: { description: 'The query to follow.' } },
        messages: messagesOf(socket),
      },
      queries: { address: '/api/v1/ws', messages: messagesOf([...socket, request]) },
      ...Object.fromEntries(
        bus.map((message) => [
          message.name.replaceAll('.', '_'),
          { address: message.name, messages: messagesOf([message]) },
        ]),
      ),
    },
    operations: {
      followQuery: { action: 'receive', channel: { $ref: '#/channels/query' } },
      followQueries: { action: 'receive', channel: { $ref: '#/channels/queries' } },
    },
    components: {
      messages: Object.fromEntries(
        [...socket, request, ...bus].map(({ name, schema }) => [keyOf(name), { name, payload: schema }]),
      ),
    },
  }
}

function messagesOf(messages: readonly { name: string }[]): object {
  return Object.fromEntries(messages.map(({ name }) => [keyOf(name), { $ref: `#/components/messages/${keyOf(name)}` }]))
}

function keyOf(name: string): string {
  return name.replaceAll('.', '_')
}
