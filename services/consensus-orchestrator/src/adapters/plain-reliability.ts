import { plainPrior } from '../decision/weights.ts'
import type { ReliabilityOf } from '../ports.ts'

/** Every model has the same plain prior until answers are graded. */
export function plainReliability(): ReliabilityOf {
  return {
    of: () => plainPrior,
    // The 5 % and 95 % quantiles of Beta(4, 2).
    shown: () => [
      { domain: 'overall', mean: plainPrior.mean, low: 0.3426, high: 0.9236, graded_items: 0, calibration: [] },
    ],
  }
}
