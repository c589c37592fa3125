import { plainPrior } from '../decision/weights.ts'
import type { ReliabilityOf } from '../ports.ts'

/** Every model has the same plain prior until answers are graded. */
export function plainReliability(): ReliabilityOf {
  return {
    of: () => plainPrior,
    shown: () => [{ domain: 'overall', mean: plainPrior.mean, graded_items: plainPrior.gradedItems }],
  }
}
