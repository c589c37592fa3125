import { z } from 'zod'

const ms = z.int().min(0).max(600_000)

/** What can be made to go wrong with a call. */
export const Fault = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latency'), ms: ms.default(0), jitter_ms: ms.default(0) }),
  z.strictObject({ kind: z.literal('rate_limit'), retry_after_s: z.number().min(0).max(3_600).default(1) }),
  z.strictObject({ kind: z.literal('server_error'), status: z.int().min(500).max(599).default(503) }),
  z.strictObject({ kind: z.literal('cut'), after_chunks: z.int().min(0).default(3) }),
  z.strictObject({ kind: z.literal('hang'), after_chunks: z.int().min(0).optional() }),
  z.strictObject({ kind: z.literal('refuse') }),
  z.strictObject({ kind: z.literal('refusal') }),
  z.strictObject({ kind: z.literal('garbled'), after_chunks: z.int().min(0).default(1) }),
  z.strictObject({ kind: z.literal('error_event'), after_chunks: z.int().min(0).default(1) }),
  z.strictObject({ kind: z.literal('wrong_schema') }),
  z.strictObject({
    kind: z.literal('malformed_json'),
    how: z.enum(['missing_brace', 'trailing_text', 'markdown_fences', 'truncated']).default('missing_brace'),
  }),
])
export type Fault = z.output<typeof Fault>

/**
 * Reads `x-emulate-fault`: faults separated by commas, settings by semicolons, as in
 * `latency;ms=300;jitter_ms=50, rate_limit;retry_after_s=2`. Throws a ZodError on an unknown fault or setting.
 */
export function parseFaultHeader(header: string): Fault[] {
  return header
    .split(',')
    .map((text) => text.trim())
    .filter(Boolean)
    .map((text) => {
      const [kind, ...settings] = text.split(';').map((piece) => piece.trim())
      const pairs = settings.map((setting) => {
        const [name = '', value = ''] = setting.split('=')
        return [name, /^\d+(\.\d+)?$/.test(value) ? Number(value) : value]
      })
      return Fault.parse({ ...Object.fromEntries(pairs), kind })
    })
}
