import type { Message } from 'amqplib'
import { z } from 'zod'
import { describe } from './errors.ts'

/** Headers of ours on the broker. Those of events have other names. */
const Headers = z.object({
  'concord-attempt': z.int().positive().optional().catch(undefined),
  'concord-reason': z.string().optional().catch(undefined),
  'concord-died-at': z.string().optional().catch(undefined),
  'x-death': z
    .array(
      z.object({
        reason: z.string(),
        count: z.number(),
        time: z.object({ value: z.number() }).optional().catch(undefined),
      }),
    )
    .optional()
    .catch(undefined),
})

const Properties = z.object({ messageId: z.string().catch(''), type: z.string().catch('') })

export type Received = {
  id: string
  type: string
  attempt: number
  headers: Record<string, string>
  death: { reason: string; at: string } | undefined
}

/** What a message says about itself. Anybody who reaches the broker can send one, so nothing is taken for granted. */
export function readMessage({ properties }: Message): Received {
  const { messageId: id, type } = Properties.parse(properties)
  const raw: unknown = properties.headers ?? {}
  const ours = Headers.parse(raw)
  const [brokerDeath] = ours['x-death'] ?? []
  const reason = ours['concord-reason'] ?? brokerDeath?.reason
  return {
    id,
    type,
    attempt: ours['concord-attempt'] ?? 1,
    headers: ownHeaders(raw),
    death: reason === undefined ? undefined : { reason, at: ours['concord-died-at'] ?? momentOf(brokerDeath?.time) },
  }
}

/** The broker's time of death has seconds; anything else in its place is no time. */
function momentOf(time: { value: number } | undefined): string {
  const ms = (time?.value ?? Number.NaN) * 1_000
  return (Math.abs(ms) < 8.64e15 ? new Date(ms) : new Date()).toISOString()
}

function ownHeaders(raw: unknown): Record<string, string> {
  const all = z.record(z.string(), z.unknown()).parse(raw)
  const own = Object.entries(all).flatMap(([name, value]) =>
    typeof value === 'string' && !/^(x|concord)-/.test(name) ? [[name, value] as const] : [],
  )
  return Object.fromEntries(own)
}

/** The body, or why it cannot be read. */
export function readBody({ content }: Message): { body: unknown } | { unreadable: string } {
  try {
    return { body: JSON.parse(content.toString('utf8')) }
  } catch (error) {
    return { unreadable: `the body is no JSON (${describe(error).split(':')[0]})` }
  }
}
