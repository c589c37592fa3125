import type { PanelEntry, Query, ReadTurn } from '../ports.ts'

/** Of the time left, what one stage may take at most, so that the next ones get some too. */
const shareOfTimeLeft = { opening: 0.6, agreement: 0.5, debate: 0.5, synthesis: 0.7 } as const
const leastCallMs = 1_000
const leastRoundMs = 2_500

/** Output tokens that a call usually takes; a bound on cost is held against these, not against the most it could take. */
const usualOutputTokens = { opening: 1_200, agreement: 900, debate: 700, synthesis: 600 } as const
const instructionTokens = 500
const charactersPerToken = 3

type AskingStage = keyof typeof shareOfTimeLeft

/** When a stage that begins now goes on without those who have not answered. */
export function stageDeadline(query: Query, stage: AskingStage, now: Date, turnDeadlineMs: number): Date {
  const share = shareOfTimeLeft[stage] * timeLeft(query, now)
  return new Date(now.getTime() + Math.max(0, Math.min(turnDeadlineMs, share)))
}

export function hasTimeForCall(query: Query, now: Date): boolean {
  return timeLeft(query, now) >= leastCallMs
}

/** Whether time and money allow another round of calls and a writer after it. */
export function hasRoomForRound(query: Query, turns: readonly ReadTurn[], now: Date): boolean {
  if (timeLeft(query, now) < leastRoundMs) return false
  const models = query.panel.filter(({ name }) => turns.some((turn) => turn.model === name && turn.status === 'ok'))
  return canPay(query, stageCost(query, models, 'debate', turns) + writerCost(query, turns))
}

export function canPayWriter(query: Query, turns: readonly ReadTurn[]): boolean {
  return canPay(query, writerCost(query, turns))
}

/** US dollars that the first answers are expected to cost. */
export function openingCost(query: Pick<Query, 'question' | 'settings' | 'panel'>): number {
  const chars = query.question.length + (query.settings.choices?.join('\n').length ?? 0)
  return query.panel.reduce((sum, model) => sum + callCost(model, chars, usualOutputTokens.opening), 0)
}

function canPay({ settings, costUsd }: Query, estimate: number): boolean {
  return settings.max_cost_usd === null || costUsd + estimate <= settings.max_cost_usd
}

function stageCost(
  query: Query,
  models: readonly PanelEntry[],
  stage: AskingStage,
  turns: readonly ReadTurn[],
): number {
  const chars = query.question.length + materialLength(turns)
  return models.reduce((sum, model) => sum + callCost(model, chars, usualOutputTokens[stage]), 0)
}

function writerCost(query: Query, turns: readonly ReadTurn[]): number {
  const costs = query.panel.map((model) => stageCost(query, [model], 'synthesis', turns))
  return Math.max(0, ...costs)
}

function materialLength(turns: readonly ReadTurn[]): number {
  return turns.reduce((sum, { output, purpose }) => sum + (purpose === 'opening' ? (output?.text.length ?? 0) : 0), 0)
}

function callCost(model: PanelEntry, chars: number, outputTokens: number): number {
  const inputTokens = chars / charactersPerToken + instructionTokens
  return (inputTokens * model.inputUsdPerMillionTokens + outputTokens * model.outputUsdPerMillionTokens) / 1_000_000
}

function timeLeft({ deadlineAt }: Query, now: Date): number {
  return deadlineAt.getTime() - now.getTime()
}
