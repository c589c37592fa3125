import { wholeNumber } from '@concord/service-kit/settings'

export const retentionSettings = {
  QUERY_RETENTION_DAYS: wholeNumber({ min: 1, max: 3_650, initial: 365 }).meta({
    description: 'Days for which queries are kept, with their turns, events, ballots and feedback.',
  }),
  USAGE_RETENTION_DAYS: wholeNumber({ min: 2, max: 3_650, initial: 400 }).meta({
    description: 'Days for which the tokens and costs of calls, and the counts of days, are kept.',
  }),
}
