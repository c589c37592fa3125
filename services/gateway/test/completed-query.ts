import type { QueryResults } from '@concord/contracts/queries'

type Completed = Extract<QueryResults, { status: 'completed' }>

const queryId = `qry_${'0'.repeat(32)}`

/** The results of a query that has been answered. */
export function aCompletedQuery(consensus: Partial<Completed['consensus']> = {}): Completed {
  return {
    query_id: queryId,
    status: 'completed',
    question: 'What is 17 * 23?',
    answer_type: 'number',
    consensus: {
      summary: 'The answer is 391.',
      answer: '391',
      confidence: 0.98,
      agreement: 1,
      reached: true,
      outcome: 'unanimous',
      overrules_majority: false,
      rounds_used: 0,
      convergence_points: [],
      divergence_points: [],
      claims: [],
      changes: [],
      minority_report: [],
      ...consensus,
    },
    individual_responses: {
      gpt5: { response: '391', confidence: 0.98, reasoning: [], status: 'ok', sandbox: false },
    },
    metadata: {
      processing_time: 900,
      created_at: '2026-11-20T12:00:00.000Z',
      completed_at: '2026-11-20T12:00:00.900Z',
      tokens: { input: 120, output: 30 },
      cost_usd: 0.0042,
      models_failed: [],
      degraded: false,
    },
  }
}
