import type { Deliberation } from './model.ts'

/**
 * T of the softmax. It makes up for voters that err alike, and grows with them: n voters whose errors correlate by r are worth
 * n / (1 + (n − 1) r), hence T = 1 + (n − 1) r. Fitted for the whole panel, it is less for the two that a thrifty council begins with.
 */
export function temperatureFor({ settings, panel, openings }: Deliberation): number {
  const { temperature = 1, effort } = settings
  const isFirstWave = effort === 'thrifty' && openings.length <= 2 && panel.length > 2
  return isFirstWave ? 1 + (temperature - 1) / (panel.length - 1) : temperature
}
