import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '@concord/testing/node-process'
import { queryRows } from '@concord/testing/query-rows'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startFleet } from '../e2e/fleet.ts'
import type { Fleet } from '../e2e/fleet.ts'
import { readExposition } from './exposition.ts'
import type { Exported } from './exposition.ts'
import { infrastructure, seldom, targetLabels } from './infrastructure.ts'
import { namesIn } from './promql-names.ts'
import { panelExpressions, panelSql, rules } from './queries.ts'
import { makeTraffic } from './traffic.ts'

let fleet: Fleet
let exported: Exported
let texts: { service: string; text: string }[]

beforeAll(async () => {
  // Nobody listens there: that traces cannot be sent is seen as well.
  fleet = await startFleet({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' })
  const traffic = await makeTraffic(fleet)
  texts = await Promise.all(
    fleet
      .addresses()
      .map(async ({ service, url }) => ({ service, text: await (await fetch(`${url}/metrics`)).text() })),
  )
  exported = readExposition(texts.map(({ text }) => text))
  await traffic.stop()
})
afterAll(() => fleet?.close())

const recorded = new Map(rules.filter(({ kind }) => kind === 'record').map(({ name, expr }) => [name, expr]))
const expressions = [...rules.map(({ name, expr }) => ({ at: name, expr })), ...panelExpressions]

/** The labels that a metric's series carry; undefined where nobody exports it. A recorded one has those it was grouped by. */
function labelsOf(metric: string): readonly string[] | undefined {
  const record = recorded.get(metric)
  if (record) return namesIn(record).grouping
  const own = exported.get(metric)
  const known = infrastructure[metric] ?? (own && [...own.labels, ...(seldom[metric] ?? [])])
  return known && [...known, ...targetLabels]
}

test('whatever rules and dashboards ask for is exported, with the labels that they name', () => {
  const wrong = expressions.flatMap(({ at, expr }) => {
    const { selectors, grouping } = namesIn(expr)
    const inBraces = selectors.flatMap(({ metric, labels }) => {
      const known = labelsOf(metric)
      if (!known) return [`${at}: nobody exports ${metric}`]
      return labels.filter((label) => !known.includes(label)).map((label) => `${at}: ${metric} has no label ${label}`)
    })
    const known = new Set(
      selectors.flatMap(({ metric }) => (metric === 'ALERTS' ? anyLabel() : (labelsOf(metric) ?? []))),
    )
    const grouped = grouping
      .filter((label) => !known.has(label))
      .map((label) => `${at}: no metric has the label ${label}`)
    return [...inBraces, ...grouped]
  })

  expect(wrong).toEqual([])
})

/** An alert carries the labels of whatever made it fire. */
function anyLabel(): string[] {
  return ['alertname', 'severity', ...targetLabels, 'service', 'provider', 'model', 'queue']
}

test('legends name labels that their expression leaves', () => {
  const wrong = panelExpressions.flatMap(({ at, expr, legend = '' }) => {
    const { selectors, grouping } = namesIn(expr)
    const left = new Set([
      ...grouping,
      ...(grouping.length > 0 ? [] : selectors.flatMap(({ metric }) => labelsOf(metric) ?? [])),
    ])
    return [...legend.matchAll(/\{\{(\w+)\}\}/g)].flatMap(([, label = '']) =>
      left.has(label) ? [] : [`${at}: ${label}`],
    )
  })

  expect(wrong).toEqual([])
})

test('every service is scraped, replica by replica, and names itself', () => {
  expect(new Set(texts.map(({ service }) => service))).toEqual(
    new Set(['gateway', 'auth', 'consensus-orchestrator', 'ai-inference']),
  )
  for (const { service, text } of texts) expect(text).toContain(`process_start_time_seconds{service="${service}"}`)
})

test('the list of what happens seldom holds nothing that this mesh shows', () => {
  for (const metric of Object.keys(seldom)) expect([...(exported.get(metric)?.labels ?? ['?'])]).toEqual([])
})

test('no metric tells who a user is', () => {
  for (const [metric, { labels }] of exported)
    expect
      .soft(
        [...labels].filter((label) => /user|owner|email|subject|tenant|query_id/.test(label)),
        metric,
      )
      .toEqual([])
  for (const { text } of texts) expect(text).not.toMatch(/usr_|qry_|@example\.org/)
})

test('use by plan and user comes from the database, and its view says nothing else of anyone', async (context) => {
  const [{ able } = { able: false }] = await queryRows(
    fleet.databaseUrl,
    'select rolsuper or rolcreaterole as able from pg_roles where rolname = current_user',
  )
  if (able !== true) return context.skip('the account of DATABASE_URL may not create roles')
  const view = readFileSync(path.join(root, 'monitoring', 'postgres', 'usage.sql'), 'utf8')
  const asReader = (sql: string) =>
    queryRows(fleet.databaseUrl, `begin; set local role concord_monitoring; ${sql}; commit`)
  await queryRows(fleet.databaseUrl, view)
  await queryRows(fleet.databaseUrl, view)
  try {
    for (const { sql } of panelSql) await asReader(sql)
    const rows = await queryRows(
      fleet.databaseUrl,
      'select feature, plan, sandbox, sum(cost_usd) > 0 as costs, count(distinct user_id)::int as users from monitoring.usage_by_day group by 1, 2, 3 order by 1',
    )
    expect(rows).toEqual([
      { feature: expect.any(String), plan: 'free', sandbox: true, costs: true, users: 1 },
      { feature: 'council', plan: 'free', sandbox: true, costs: true, users: 1 },
    ])
    await expect(asReader('select email from auth.users')).rejects.toThrow(/permission denied/)
    await expect(asReader('select sealed_output from inference.turns')).rejects.toThrow(/permission denied/)
  } finally {
    // Roles belong to the whole server, and this run leaves nothing there.
    await queryRows(fleet.databaseUrl, 'drop owned by concord_monitoring')
    await queryRows(fleet.databaseUrl, 'drop role concord_monitoring').catch(() => {})
  }
})
