import type { Deliberation } from './model.ts'

/**
 * T of the softmax. It makes up for voters that err alike, and grows with them: n voters whose errors correlate by r are worth
 * n / (1 + (n − 1) r), hence T = 1 + (n − 1) r. Fitted for the whole panel, it is less for those that a thrifty council has heard so far.
 */
export function temperatureFor({ settings, panel, openings }: Deliberation): number {
  const { temperature = 1, effort } = settings
  if (effort === 'thorough' || panel.length <= 2) return temperature
  const heard = Math.min(panel.length, Math.max(2, openings.length))
  return 1 + ((temperature - 1) * (heard - 1)) / (panel.length - 1)
}
