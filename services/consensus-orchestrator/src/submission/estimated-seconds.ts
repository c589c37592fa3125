import type { PanelModel } from '@concord/contracts/panel'
import type { Query } from '../ports.ts'

const usualCallMs = 5_000

/** A guess for a progress bar: an opening, a vote or a debate, and a synthesis, each as slow as the slowest model usually is. */
export function estimatedSeconds(
  { settings }: Pick<Query, 'settings'>,
  models: readonly Pick<PanelModel, 'latency_ms'>[],
): number {
  const slowest = Math.max(...models.map(({ latency_ms: { p50 } }) => p50 ?? usualCallMs))
  const stages = settings.debate_rounds > 0 ? 3 : 2
  return Math.max(1, Math.min(settings.deadline_s, Math.ceil((slowest * stages) / 1_000)))
}
