import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { shownReliability } from '../learning/shown-reliability.ts'
import { prometheusMeasures } from './prometheus-measures.ts'

test('what ended, the mean confidence, what runs and what was refused are there to be scraped', async () => {
  const registry = new Registry()
  const measures = prometheusMeasures(registry, { running: async () => 3, compared: async () => [] })

  measures.ended({ status: 'completed', outcome: 'unanimous', confidence: 0.9 })
  measures.ended({ status: 'completed', outcome: 'majority', confidence: 0.7 })
  measures.ended({ status: 'failed', outcome: 'insufficient_quorum', confidence: null })
  measures.stage('opening', 2)
  measures.dailyLimitRefused('free')
  const text = await registry.metrics()

  expect(text).toContain('queries_processed_total{status="completed",outcome="unanimous"} 1')
  expect(text).toContain('queries_processed_total{status="failed",outcome="insufficient_quorum"} 1')
  expect(text).toContain('consensus_confidence_average 0.8')
  expect(text).toContain('consensus_stage_duration_seconds_count{stage="opening"} 1')
  expect(text).toContain('queries_running 3')
  expect(text).toContain('queries_daily_limit_refused_total{plan="free"} 1')
})

test('what was graded, what anchors cost, and where agreement contradicts them are there to be scraped', async () => {
  const registry = new Registry()
  const reliability = { mean: 0.6, gradedItems: 40 }
  const compared = async () => [
    {
      model: 'gpt5',
      providerModel: 'gpt-5',
      sandbox: false,
      scope: 'law' as const,
      current: reliability,
      former: reliability,
      day: '2026-03-01',
      shown: shownReliability('law', []),
      disagreement: 0.31,
    },
  ]
  const measures = prometheusMeasures(registry, { running: async () => 0, compared })

  measures.graded('feedback', 4)
  measures.anchorEnded({ status: 'graded', costUsd: 0.002 })
  measures.anchorEnded({ status: 'lost', costUsd: 0 })
  const text = await registry.metrics()

  expect(text).toContain('consensus_grades_total{source="feedback"} 4')
  expect(text).toContain('consensus_anchor_turns_total{status="graded"} 1')
  expect(text).toContain('consensus_anchor_cost_usd_total 0.002')
  expect(text).toContain('consensus_reliability_disagreement{model="gpt5",domain="law",sandbox="false"} 0.31')
})

test('a database that cannot be asked leaves a gap and no error', async () => {
  const registry = new Registry()
  const down = () => Promise.reject(new Error('down'))
  prometheusMeasures(registry, { running: down, compared: down })

  expect(await registry.metrics()).toContain('queries_running Nan')
})
