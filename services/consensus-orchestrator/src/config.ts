import { platformSettings, wholeNumber } from '@concord/service-kit/settings'
import { z } from 'zod'

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
})
export type Config = z.output<typeof Config>
