import type { Logger } from '@concord/service-kit/logging'
import { Counter } from 'prom-client'
import type { Registry } from 'prom-client'
import type { TurnRequested, TurnResult } from '../ports.ts'

/** Counts and logs what became of each turn. */
export function turnMetrics(registry: Registry, logger: Logger) {
  const turns = new Counter({
    name: 'ai_turns_total',
    help: 'Turns by what became of them: completed, salvaged (completed from a broken answer) or the reason of their failure.',
    labelNames: ['model', 'purpose', 'outcome'] as const,
    registers: [registry],
  })
  return ({ data }: TurnRequested, result: TurnResult): void => {
    const { model, purpose, turn_id, query_id } = data
    const outcome = result.ok ? (result.salvaged ? 'salvaged' : 'completed') : result.reason
    turns.inc({ model, purpose, outcome })
    const facts = { turn_id, query_id, model, purpose, outcome, attempts: result.attempts }
    logger[result.ok || outcome === 'cancelled' ? 'info' : 'warn'](facts, 'a turn ended')
  }
}
