import { z } from 'zod'
import { ModelName } from './queries.ts'

/** What ai-inference knows of one model of the panel (`GET /internal/models`), and `GET /panel` shows. */
export const PanelModel = z
  .object({
    name: ModelName,
    provider: z.string(),
    provider_model: z.string(),
    family: z.string(),
    state: z.enum(['ok', 'degraded', 'down', 'unconfigured', 'sandbox']),
    latency_ms: z.object({ p50: z.int().nullable(), p95: z.int().nullable() }),
    prices: z.object({ input_usd_per_million_tokens: z.number(), output_usd_per_million_tokens: z.number() }),
    limits: z.object({ context_tokens: z.int(), max_output_tokens: z.int() }),
  })
  .meta({ id: 'PanelModel' })
export type PanelModel = z.output<typeof PanelModel>

export const ModelList = z.object({ data: z.array(PanelModel) })
export type ModelList = z.output<typeof ModelList>

/** `mean` is the share answered rightly, by domain; `graded_items` says how many answers it rests on. */
export const Reliability = z.object({
  domain: z.string(),
  mean: z.number().min(0).max(1),
  graded_items: z.int().nonnegative(),
})
export type Reliability = z.output<typeof Reliability>

export const PanelMember = PanelModel.extend({ reliability: z.array(Reliability) }).meta({ id: 'PanelMember' })
export type PanelMember = z.output<typeof PanelMember>

export const Panel = z.object({ data: z.array(PanelMember) }).meta({ id: 'Panel' })
export type Panel = z.output<typeof Panel>
