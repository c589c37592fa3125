import type { DeadLetter } from '@concord/messaging/bus'
import { z } from 'zod'

/** What an operator is shown of a dead letter: whose and why, and of its content ids and sizes alone. */
export type LetterDescription = {
  id: string
  type: string
  handler: string
  reason: string
  attempts: number
  died_at: string
  bytes: number
  headers: Record<string, string>
  /** Of the event's envelope; absent where the body is none. */
  event: { time?: string | undefined; source?: string | undefined; correlation_id?: string | undefined }
  /** The event's fields that are ids of ours. */
  ids: Record<string, string>
  /** Every other field, by its size in bytes: what a person wrote is sealed, and is not shown even where it were not. */
  hidden: Record<string, number>
}

/** An id of ours: a prefix with base58 or hex behind it, or a UUID. */
const id = /^(?:[a-z]{2,4}_[0-9A-Za-z]{8,64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
const plainHeaders = new Set(['traceparent', 'tracestate'])

const Envelope = z.object({
  time: z.iso.datetime().optional().catch(undefined),
  source: z
    .string()
    .regex(/^[a-z][a-z-]{0,39}$/)
    .optional()
    .catch(undefined),
  correlation_id: z.string().regex(id).optional().catch(undefined),
  data: z.record(z.string(), z.unknown()).catch({}),
})

export function describeLetter({ at, body, headers, ...letter }: DeadLetter): LetterDescription {
  const { data, ...event } = Envelope.catch({ data: {} }).parse(body)
  const fields = Object.entries(data)
  return {
    id: letter.id,
    type: letter.type,
    handler: letter.handler,
    reason: letter.reason,
    attempts: letter.attempts,
    died_at: at,
    bytes: letter.bytes,
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, plainHeaders.has(name) ? value : sizeOf(value)]),
    ),
    event,
    ids: Object.fromEntries(fields.flatMap(([name, value]) => (isId(name, value) ? [[name, value]] : []))),
    hidden: Object.fromEntries(
      fields.flatMap(([name, value]) =>
        isId(name, value) ? [] : [[name, Buffer.byteLength(JSON.stringify(value) ?? '')]],
      ),
    ),
  }
}

function isId(name: string, value: unknown): value is string {
  return name.endsWith('_id') && typeof value === 'string' && id.test(value)
}

function sizeOf(value: string): string {
  return `(${Buffer.byteLength(value)} bytes)`
}
