import { flag, platformSettings, wholeNumber } from '@concord/service-kit/settings'
import { z } from 'zod'
import { retentionSettings } from './retention-settings.ts'

export const Config = z.object({
  ...platformSettings,
  INFERENCE_URL: z
    .url()
    .default('http://localhost:3003')
    .meta({ description: 'Where ai-inference listens; asked for the models there are.' }),
  TURN_DEADLINE_S: wholeNumber({ min: 1, max: 300, initial: 40 }).meta({
    description: 'Seconds that one turn of a model may hold up its stage; less where the query’s own deadline is near.',
  }),
  DEADLINE_SWEEP_MS: wholeNumber({ min: 50, max: 10_000, initial: 500 }).meta({
    description: 'Milliseconds between two looks for stages that are overdue.',
  }),
  FEEDBACK_PER_DAY: wholeNumber({ min: 0, max: 1_000, initial: 20 }).meta({
    description: 'Of a user’s feedback, how much counts in a day; what is beyond is kept without weight.',
  }),
  ANCHORS_PER_DAY: wholeNumber({ min: 0, max: 200, initial: 8 }).meta({
    description: 'Questions with known answers that each model is asked in a day, to measure it; 0 asks none.',
  }),
  ANCHORS_USD_PER_DAY: z.coerce
    .number({ error: 'expected US dollars from 0 to 1000' })
    .min(0)
    .max(1_000)
    .default(0.5)
    .meta({ description: 'What those questions may cost in a day, all models together, in US dollars.' }),
  ANCHORS_SANDBOX: flag(false).meta({
    description: 'Whether emulated models are asked those questions too; their record stays apart.',
  }),
  ...retentionSettings,
})
export type Config = z.output<typeof Config>
