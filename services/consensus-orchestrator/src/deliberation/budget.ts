import type { PanelEntry, Query, ReadTurn } from '../ports.ts'
import { purposeOf } from './draft.ts'
import type { AskingStage } from './limits.ts'

/** Output tokens that a call usually takes, thinking included; an estimate is made of these, not of the most it could take. */
const usualOutputTokens = { opening: 1_200, agreement: 900, debate: 700, synthesis: 600 } as const
/** Output tokens that no call goes beyond: what the prompts allow, and what models think on top of it. */
const mostOutputTokens = 24_000
/** Several turns are out at once only where each may take this many times the usual: a tighter cap would cut too many answers short. */
const roominess = 2
const instructionTokens = 500
const charactersPerToken = 3

/** What one turn of a stage may cost at most, in US dollars; undefined where the query has no bound. */
export type Allowance = { model: string; maxCostUsd: number | undefined }

/** US dollars that the first answers of these models are expected to cost. */
export function openingCost(query: Pick<Query, 'question' | 'settings'>, models: readonly PanelEntry[]): number {
  const chars = query.question.length + (query.settings.choices?.join('\n').length ?? 0)
  return sum(models.map((model) => callCost(model, chars, usualOutputTokens.opening)))
}

/**
 * The first of these models that may be asked at once, each with its allowance, so that together they cannot go beyond the bound. Where
 * there is not room for two, one is asked at a time, which alone may go beyond it; none once its estimate does.
 */
export function nextWave(query: Query, turns: readonly ReadTurn[], models: readonly string[]): Allowance[] {
  for (let size = models.length; size > 1; size--) {
    const wave = together(query, turns, 'opening', models.slice(0, size))
    if (wave !== undefined) return wave
  }
  const [first] = models
  if (first === undefined) return []
  const alone = allowanceAlone(query, turns, 'opening', first)
  return alone === undefined ? [] : [alone]
}

/** Allowances for a stage that asks all its models at once and leaves enough for a writer; undefined where the bound has no room for it. */
export function stageAllowances(
  query: Query,
  turns: readonly ReadTurn[],
  stage: 'agreement' | 'debate',
  models: readonly string[],
): Allowance[] | undefined {
  return together(query, turns, stage, models, writerCost(query, turns))
}

/** The allowance of a model that is asked by itself; undefined where even the estimate is beyond the bound. */
export function allowanceAlone(
  query: Query,
  turns: readonly ReadTurn[],
  stage: AskingStage,
  model: string,
): Allowance | undefined {
  const left = budgetLeft(query, turns)
  if (left === undefined) return { model, maxCostUsd: undefined }
  const estimate = stageCost(query, turns, stage, model)
  if (estimate > left || left <= 0) return undefined
  const most = stageCost(query, turns, stage, model, mostOutputTokens)
  return { model, maxCostUsd: Math.min(most, Math.max(left, roominess * estimate)) }
}

function together(
  query: Query,
  turns: readonly ReadTurn[],
  stage: AskingStage,
  models: readonly string[],
  keep = 0,
): Allowance[] | undefined {
  const left = budgetLeft(query, turns)
  if (left === undefined) return models.map((model) => ({ model, maxCostUsd: undefined }))
  const needs = models.map((model) => ({ model, need: roominess * stageCost(query, turns, stage, model) }))
  const needed = sum(needs.map(({ need }) => need))
  const free = left - keep
  if (needed > free || free <= 0) return undefined
  return needs.map(({ model, need }) => {
    const most = stageCost(query, turns, stage, model, mostOutputTokens)
    return { model, maxCostUsd: needed === 0 ? most : Math.min(most, (free * need) / needed) }
  })
}

/** What is left of the bound when all that is out has cost what it may: a turn that was given up can still be charged. */
function budgetLeft(query: Query, turns: readonly ReadTurn[]): number | undefined {
  const { max_cost_usd: bound } = query.settings
  if (bound === null) return undefined
  const unknown = turns.filter(({ settled, status }) => !settled && status !== 'requested')
  const reserved = unknown.map(({ model, purpose }) =>
    stageCost(query, turns, stageOf(purpose), model, mostOutputTokens),
  )
  return bound - query.costUsd - sum(reserved)
}

function stageOf(purpose: ReadTurn['purpose']): AskingStage {
  const stages = ['opening', 'agreement', 'debate', 'synthesis'] as const
  return stages.find((stage) => purposeOf[stage] === purpose) ?? 'opening'
}

function writerCost(query: Query, turns: readonly ReadTurn[]): number {
  return Math.max(0, ...query.panel.map(({ name }) => stageCost(query, turns, 'synthesis', name)))
}

function stageCost(
  query: Query,
  turns: readonly ReadTurn[],
  stage: AskingStage,
  model: string,
  outputTokens: number = usualOutputTokens[stage],
): number {
  const entry = query.panel.find(({ name }) => name === model)
  if (entry === undefined) return 0
  const read = stage === 'opening' ? (query.settings.choices?.join('\n').length ?? 0) : materialLength(turns)
  return callCost(entry, query.question.length + read, outputTokens)
}

function materialLength(turns: readonly ReadTurn[]): number {
  return sum(turns.map(({ output, purpose }) => (purpose === 'opening' ? (output?.text.length ?? 0) : 0)))
}

function callCost(model: PanelEntry, chars: number, outputTokens: number): number {
  const inputTokens = chars / charactersPerToken + instructionTokens
  return (inputTokens * model.inputUsdPerMillionTokens + outputTokens * model.outputUsdPerMillionTokens) / 1_000_000
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
