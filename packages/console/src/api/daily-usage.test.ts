import { expect, test } from 'vitest'
import { queriesPerDay as fromContracts } from '@concord/contracts/plans'
import { queriesPerDay } from './daily-usage.ts'

test('the limits of the plans are those of the contracts', () => {
  expect(queriesPerDay).toEqual(fromContracts)
})
