import { z } from 'zod'

/** Every message on the bus has this envelope; only `type` and `data` differ. Names as in CloudEvents where they exist. */
export const envelope = z.object({
  id: z.uuid(),
  source: z.string().min(1).max(64),
  time: z.iso.datetime(),
  correlation_id: z.string().min(1).max(64),
  traceparent: z.string().max(64).optional(),
})

/** The version is part of the name: a breaking change is a new event, published beside the old one. */
export function defineEvent<const Type extends `${string}.v${number}`, Data extends z.ZodType>(type: Type, data: Data) {
  return { type, schema: envelope.extend({ type: z.literal(type), data }) }
}

export type EventDefinition<Event = unknown> = { type: string; schema: z.ZodType<Event> }
export type EventOf<Definition> = Definition extends EventDefinition<infer Event> ? Event : never
