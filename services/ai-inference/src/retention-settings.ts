import { wholeNumber } from '@concord/service-kit/settings'

export const retentionSettings = {
  USAGE_RETENTION_DAYS: wholeNumber({ min: 2, max: 3_650, initial: 400 }).meta({
    description: 'Days for which the tokens and costs of calls, and the counts of days, are kept.',
  }),
  TURN_RETENTION_DAYS: wholeNumber({ min: 1, max: 3_650, initial: 30 }).meta({
    description: 'Days for which the (encrypted) answers of models are kept here.',
  }),
}
