import { z } from 'zod'

const samplers = [
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
  'always_on',
  'always_off',
  'traceidratio',
] as const

/** OpenTelemetry's own names; those of its others that its exporter reads (timeout, compression, certificates) go there unread. */
export const traceSettings = {
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'expected an http or https address' })
    .optional()
    .meta({
      description:
        'Collector that takes traces by OTLP over HTTP, at `/v1/traces` below this address. Absent, none are sent.',
      example: 'http://localhost:4318',
    }),
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .optional()
    .meta({ description: 'Headers for that collector, such as its key.', example: 'authorization=Bearer%20…' }),
  OTEL_TRACES_SAMPLER: z
    .enum(samplers)
    .default('parentbased_always_on')
    .meta({ description: 'Which traces are sent. The gateway decides for itself, whatever a client asks for.' }),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number({ error: 'expected a number from 0 to 1' })
    .min(0, { error: 'expected a number from 0 to 1' })
    .max(1, { error: 'expected a number from 0 to 1' })
    .default(1)
    .meta({ description: 'Share of traces that a sampler by `traceidratio` chooses, from 0 to 1.' }),
}

export type TraceSettings = z.output<z.ZodObject<typeof traceSettings>>
