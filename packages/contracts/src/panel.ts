import { z } from 'zod'
import { domains } from './domains.ts'
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

const share = z.number().min(0).max(1)

/** Answers that stated about this confidence: what share of them was right. `stated` is the mean of what they stated. */
export const CalibrationPoint = z.object({ stated: share, correct: share, items: z.int().positive() })
export type CalibrationPoint = z.output<typeof CalibrationPoint>

/**
 * What has been measured of a model in one domain, or in all of them: the mean of its Beta distribution with a 90 % interval, from how many
 * graded answers (grades that count for a part are summed up and rounded), and how far its stated confidence can be taken at its word.
 */
export const Reliability = z
  .object({
    domain: z.enum(['overall', ...domains]),
    mean: share,
    low: share,
    high: share,
    graded_items: z.int().nonnegative(),
    calibration: z.array(CalibrationPoint).max(10),
  })
  .meta({ id: 'Reliability' })
export type Reliability = z.output<typeof Reliability>

export const PanelMember = PanelModel.extend({ reliability: z.array(Reliability) }).meta({ id: 'PanelMember' })
export type PanelMember = z.output<typeof PanelMember>

export const Panel = z.object({ data: z.array(PanelMember) }).meta({ id: 'Panel' })
export type Panel = z.output<typeof Panel>
