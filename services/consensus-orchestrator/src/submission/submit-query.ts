import type { PanelModel } from '@concord/contracts/panel'
import { queriesPerDay } from '@concord/contracts/plans'
import type { Plan } from '@concord/contracts/plans'
import type { QueryAccepted, SubmitQuery } from '@concord/contracts/queries'
import { AppError } from '@concord/service-kit/errors'
import type { Reliability } from '../decision/model.ts'
import { firstWave } from '../decision/next-step.ts'
import { openingCost } from '../deliberation/budget.ts'
import { domainOf } from '../learning/domain-of.ts'
import type { Deps, PanelEntry, Query, QuerySettings, Transaction } from '../ports.ts'
import { untilMidnightS, utcDay } from './day.ts'
import { estimatedSeconds } from './estimated-seconds.ts'
import { idempotencyScope } from './idempotency-scope.ts'
import { choosePanel, impossible, resolveSettings } from './resolve-settings.ts'

type Asker = { owner: string; plan: Plan }
type Submitted = { answer: unknown; replayed: boolean }

/** Takes a question in, in one transaction with the day's count. Throws 400, 422, 429 and 409 as the API page says. */
export async function submitQuery(
  deps: Deps,
  { owner, plan }: Asker,
  body: SubmitQuery,
  idempotencyKey: string | undefined,
): Promise<Submitted> {
  const settings = resolveSettings(body)
  const [configured, learned] = await Promise.all([deps.panel(), deps.learned.current()])
  const models = choosePanel(body.models, configured)
  const domain = domainOf(body.query, settings.choices)
  const fitted = learned.settings(models, domain)
  const panel = models.map((model) => toEntry(model, learned.of(model, domain)))
  requireBudget({ question: body.query, settings, panel })

  const take = async (tx: Transaction): Promise<QueryAccepted> => {
    const query = newQuery(deps, { owner, question: body.query, settings, domain, fitted, panel })
    const limit = queriesPerDay[plan]
    const current = await tx.countQuery(owner, query.day, limit)
    if (current === undefined) throw overLimit(deps, plan, limit ?? 0)
    await tx.insertQuery(query, started(query))
    return accepted(deps, query, models, { current, limit })
  }
  return deps.inTransaction(async (tx) => {
    if (idempotencyKey === undefined) return { answer: await take(tx), replayed: false }
    const request = { scope: idempotencyScope(owner), key: idempotencyKey, body }
    const { body: answer, replayed } = await tx.answerOnce(request, async () => ({ status: 202, body: await take(tx) }))
    return { answer, replayed }
  })
}

function newQuery(
  { now, newId }: Deps,
  asked: Pick<Query, 'owner' | 'question' | 'settings' | 'domain' | 'fitted' | 'panel'>,
): Query {
  const createdAt = now()
  const deadlineAt = new Date(createdAt.getTime() + asked.settings.deadline_s * 1_000)
  return {
    ...asked,
    id: newId('qry'),
    day: utcDay(createdAt),
    status: 'processing',
    stage: 'opening',
    round: 0,
    seq: 0,
    waiting: [],
    createdAt,
    deadlineAt,
    stageDeadlineAt: deadlineAt,
    stageStartedAt: createdAt,
    completedAt: null,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    degraded: false,
    sandbox: asked.panel.some(({ sandbox }) => sandbox),
    answerType: null,
    outcome: null,
    confidence: null,
    answer: null,
  }
}

function toEntry(model: PanelModel, reliability: Reliability): PanelEntry {
  return {
    name: model.name,
    family: model.family,
    providerModel: model.provider_model,
    sandbox: model.state === 'sandbox',
    inputUsdPerMillionTokens: model.prices.input_usd_per_million_tokens,
    outputUsdPerMillionTokens: model.prices.output_usd_per_million_tokens,
    maxOutputTokens: model.limits.max_output_tokens,
    reliability,
  }
}

function requireBudget(asked: { question: string; settings: QuerySettings; panel: readonly PanelEntry[] }): void {
  const { max_cost_usd: most } = asked.settings
  if (most === null) return
  const least = openingCost(asked, firstWave(asked.panel, asked.settings.effort))
  if (least > most)
    throw impossible('#/max_cost_usd', `the first answers alone are expected to cost ${least.toFixed(4)} USD`)
}

function started({ question, panel, settings, deadlineAt }: Query) {
  return {
    type: 'query_started' as const,
    data: {
      question,
      models: panel.map(({ name }) => name),
      debate_rounds: settings.debate_rounds,
      consensus_threshold: settings.consensus_threshold,
      deadline_at: deadlineAt.toISOString(),
    },
  }
}

function accepted(
  { settings }: Deps,
  query: Query,
  models: readonly PanelModel[],
  { current, limit }: { current: number; limit: number | null },
): QueryAccepted {
  const base = settings.publicUrl.replace(/^http/, 'ws').replace(/\/+$/, '')
  return {
    query_id: query.id,
    status: 'processing',
    estimated_time: estimatedSeconds(query, models),
    webhook_url: `${base}/api/v1/ws/${query.id}`,
    daily_usage: { current, limit, remaining: limit === null ? null : Math.max(0, limit - current) },
  }
}

function overLimit({ now, measures }: Deps, plan: Plan, limit: number): AppError {
  const seconds = untilMidnightS(now())
  measures.dailyLimitRefused(plan)
  return new AppError('rate-limited', `the plan ${plan} allows ${limit} queries a day`, {
    retryAfterS: seconds,
    headers: {
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': '0',
      'ratelimit-reset': String(seconds),
    },
  })
}
