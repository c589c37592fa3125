import { table } from '../terminal.ts'
import type { Quantiles, Tally } from './tally.ts'

export type LoadReport = ReturnType<typeof loadReport>

/** The run in figures; `ended_early` says why it did, where it did. */
export function loadReport(
  tally: Tally,
  o: { url: string; startedAt: Date; elapsedMs: number; endedEarly: string | undefined; registered: number },
) {
  const seconds = o.elapsedMs / 1_000
  return {
    url: o.url,
    started_at: o.startedAt.toISOString(),
    duration_s: Math.round(seconds * 10) / 10,
    ended_early: o.endedEarly ?? null,
    ...tally.counts,
    cost_usd: Math.round(tally.counts.cost_usd * 1e6) / 1e6,
    queries_per_s: Math.round((tally.counts.completed / Math.max(seconds, 0.001)) * 100) / 100,
    latency_ms: tally.latencies(),
    refusals: Object.fromEntries(tally.refusals),
    wanting: tally.wanting,
    accounts_registered: o.registered,
  }
}

/** Whether everything that was accepted has come to an end, and something was. */
export function isGood({ accepted, lost, stuck }: Pick<LoadReport, 'accepted' | 'lost' | 'stuck'>): boolean {
  return accepted > 0 && lost === 0 && stuck === 0
}

export function loadText(report: LoadReport): string {
  const times = (name: string, quantiles: Quantiles | null) =>
    quantiles ? [[name, ...[quantiles.p50, quantiles.p95, quantiles.p99, quantiles.max].map((ms) => `${ms} ms`)]] : []
  const { tokens, latency_ms: latency } = report
  return [
    table(
      ['ASKED', 'ACCEPTED', 'COMPLETED', 'FAILED', 'DEGRADED', 'LOST', 'STUCK', 'UNFINISHED'],
      [
        [
          report.submitted,
          report.accepted,
          report.completed,
          report.failed,
          report.degraded,
          report.lost,
          report.stuck,
          report.unfinished,
        ].map(String),
      ],
    ),
    table(
      ['', 'P50', 'P95', 'P99', 'MAX'],
      [...times('to be accepted', latency.accept), ...times('to the answer', latency.answer)],
    ),
    [
      `${report.duration_s} s, ${report.queries_per_s} answers a second, ${tokens.input} tokens in and ${tokens.output} out, ${report.cost_usd} USD.`,
      `${report.retries} submissions sent again, ${report.replayed} answered by their key, ${report.stream_breaks} streams opened again.`,
      ...(report.refused + report.unanswered > 0
        ? [
            `${report.refused} refused, ${report.unanswered} unanswered: ${Object.keys(report.refusals).slice(0, 3).join('; ')}`,
          ]
        : []),
      ...(report.accounts_registered > 0 ? [`${report.accounts_registered} accounts were registered for it.`] : []),
      ...(report.ended_early === null || report.ended_early === 'stopped'
        ? []
        : [`It ended early: ${report.ended_early}`]),
      ...report.wanting.map(({ query_id: id, state }) => `✗ ${id} is ${state}`),
    ].join('\n'),
  ].join('\n\n')
}
