import { useEffect } from 'preact/hooks'
import { loadPanel, panel } from '../ask/panel.ts'
import type { Deliberation } from '../live/deliberation.ts'

/** The models that are not the real ones: from their answers, and while these are awaited, from what the panel says now. */
export function useEmulatedModels(deliberation: Deliberation): string[] {
  const { models, rounds, results, status } = deliberation
  const isRunning = status === 'processing'

  useEffect(() => {
    if (isRunning && !panel.value) void loadPanel()
  }, [isRunning])

  const expected = isRunning
    ? (panel.value ?? []).filter(({ state }) => state === 'sandbox').map(({ name }) => name)
    : []
  const answered = results ? results.individual_responses : {}
  return models.filter(
    (model) =>
      expected.includes(model) ||
      answered[model]?.sandbox === true ||
      rounds.some(({ turns }) => (turns[model] ?? []).some(({ sandbox }) => sandbox)),
  )
}
