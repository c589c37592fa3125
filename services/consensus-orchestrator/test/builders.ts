import { plainPrior } from '../src/decision/weights.ts'
import type { PanelEntry, Query, QuerySettings, ReadTurn } from '../src/ports.ts'
import { openingOutput } from './outputs.ts'

export const aMoment = new Date('2026-03-01T10:00:00.000Z')

export function someSettings(overrides: Partial<QuerySettings> = {}): QuerySettings {
  return {
    debate_rounds: 2,
    consensus_threshold: 0.75,
    answer_type: 'auto',
    choices: null,
    language: 'auto',
    effort: 'thorough',
    max_cost_usd: null,
    deadline_s: 120,
    ...overrides,
  }
}

export function anEntry(name: string, overrides: Partial<PanelEntry> = {}): PanelEntry {
  return {
    name,
    family: name,
    providerModel: `${name}-1`,
    sandbox: true,
    inputUsdPerMillionTokens: 1,
    outputUsdPerMillionTokens: 10,
    maxOutputTokens: 16_000,
    reliability: plainPrior,
    ...overrides,
  }
}

/** A query that has just been submitted. */
export function aQuery(overrides: Partial<Query> = {}): Query {
  const deadlineAt = new Date(aMoment.getTime() + 120_000)
  return {
    id: 'qry_00000000000000000000000000000001',
    owner: 'usr_00000000000000000000000000000001',
    day: '2026-03-01',
    question: 'What is 17 times 23?',
    settings: someSettings(),
    domain: 'mathematics',
    fitted: {},
    panel: ['gpt5', 'claude', 'gemini', 'grok'].map((name) => anEntry(name)),
    status: 'processing',
    stage: 'opening',
    round: 0,
    seq: 1,
    waiting: [],
    createdAt: aMoment,
    deadlineAt,
    stageDeadlineAt: deadlineAt,
    stageStartedAt: aMoment,
    completedAt: null,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    degraded: false,
    sandbox: true,
    answerType: null,
    outcome: null,
    confidence: null,
    answer: null,
    ...overrides,
  }
}

let turns = 0

/** An opening that was answered in time. */
export function aTurn(model: string, overrides: Partial<ReadTurn> = {}): ReadTurn {
  turns += 1
  return {
    id: `trn_${String(turns).padStart(32, '0')}`,
    round: 0,
    model,
    purpose: 'opening',
    status: 'ok',
    requestedAt: aMoment,
    completedAt: new Date(aMoment.getTime() + 2_000),
    latencyMs: 2_000,
    sandbox: true,
    settled: true,
    failureReason: null,
    inputTokens: 100,
    outputTokens: 50,
    costUsd: 0.001,
    output: openingOutput(),
    failureDetail: null,
    ...overrides,
  }
}
