import { bars, figure, lines, seriesTable } from './panel.ts'
import type { Dashboard } from './panel.ts'

const work = 'queue=~"concord[.].+",queue!~"concord[.](dead|unrouted|retry[.].+)"'

/** What goes wrong, what waits, and what has been raised. */
export const errorsAndQueues: Dashboard = {
  uid: 'concord-errors-and-queues',
  title: 'Concord: errors, queues and alerts',
  description: 'What goes wrong, what waits, and which alerts have been raised.',
  from: 'now-6h',
  rows: [
    {
      title: 'Alerts',
      panels: [
        seriesTable(
          'Firing',
          'max by (alertname, severity, job, service, instance, provider, model, queue) (ALERTS{alertstate="firing",alertname!="Watchdog"})',
        ),
        lines(
          'Firing over time',
          'short',
          { '{{alertname}}': 'max by (alertname) (ALERTS{alertstate="firing",alertname!="Watchdog"})' },
          '',
          12,
        ),
        lines(
          'Error budget, speed of use',
          'short',
          {
            '1 h': 'concord:gateway_errors:ratio_rate1h / 0.001',
            '6 h': 'concord:gateway_errors:ratio_rate6h / 0.001',
          },
          'At 1 a month’s budget of 0.1 % lasts a month; the alerts are at 14.4 and 6.',
          12,
        ),
      ],
    },
    {
      title: 'Errors',
      panels: [
        lines('5xx by service and route', 'ops', {
          '{{service}} {{method}} {{route}} {{status}}':
            'topk(12, sum by (service, method, route, status) (rate(http_requests_total{status=~"5.."}[5m])))',
        }),
        lines('4xx at the door', 'ops', {
          '{{status}} {{route}}':
            'topk(12, sum by (status, route) (rate(http_requests_total{service="gateway",status=~"4.."}[5m])))',
        }),
        lines('Queries that fail, by reason', 'ops', {
          '{{outcome}}': 'sum by (outcome) (rate(queries_processed_total{status="failed"}[15m]))',
        }),
        lines('Calls of models that fail', 'ops', {
          '{{model}} {{reason}}': 'sum by (model, reason) (rate(ai_api_errors_total[5m]))',
        }),
        lines('Share that fails, by provider', 'percentunit', {
          '{{provider}}': 'concord:provider_errors:ratio_rate10m',
        }),
        lines('Turns that bring nothing', 'ops', {
          '{{model}} {{outcome}}': 'sum by (model, outcome) (rate(ai_turns_total{outcome!="completed"}[15m]))',
        }),
        bars(
          'Breakers: 0 closed, 1 half-open, 2 open',
          'short',
          { '{{provider}}': 'max by (provider) (ai_breaker_state)' },
          [1, 2],
        ),
        lines('Calls that wait for a place', 'short', { '{{provider}}': 'sum by (provider) (ai_calls_waiting)' }),
        lines('Calls under way', 'short', { '{{provider}}': 'sum by (provider) (ai_calls_running)' }),
      ],
    },
    {
      title: 'Queues',
      panels: [
        figure('Dead letters', 'short', 'sum(rabbitmq_detailed_queue_messages{queue="concord.dead"})', [1, 50]),
        figure(
          'Waiting to be tried again',
          'short',
          'sum(rabbitmq_detailed_queue_messages{queue=~"concord[.]retry[.].+"})',
          [50, 500],
        ),
        figure('Oldest event in an outbox', 's', 'max(outbox_lag_seconds)', [5, 30]),
        figure('Queries that run', 'short', 'max(queries_running)'),
        figure('Broker’s memory alarm', 'short', 'max(rabbitmq_alarms_memory_used_watermark)', [1, 1]),
        figure('Broker’s disk alarm', 'short', 'max(rabbitmq_alarms_free_disk_space_watermark)', [1, 1]),
        lines('Messages by queue', 'short', {
          '{{queue}}': `sum by (queue) (rabbitmq_detailed_queue_messages{${work}})`,
        }),
        lines('Consumers by queue', 'short', {
          '{{queue}}': `sum by (queue) (rabbitmq_detailed_queue_consumers{${work}})`,
        }),
        lines('Oldest event in an outbox', 's', { '{{service}}': 'max by (service) (outbox_lag_seconds)' }),
        lines('Spans dropped a second, where traces are sent', 'short', {
          '{{service}} {{reason}}': 'sum by (service, reason) (rate(trace_spans_dropped_total[5m]))',
        }),
      ],
    },
    {
      title: 'Councils and what they learn',
      panels: [
        lines('Outcomes, share over 6 h', 'percentunit', {
          '{{outcome}}':
            'sum by (outcome) (rate(queries_processed_total{status="completed"}[6h])) / on () group_left () sum(rate(queries_processed_total{status="completed"}[6h]))',
        }),
        lines('Graded answers a day', 'short', {
          '{{source}}': 'sum by (source) (increase(consensus_grades_total[24h]))',
        }),
        bars(
          'Agreement against known answers',
          'short',
          { '{{model}} {{domain}}': 'max by (model, domain) (consensus_reliability_disagreement{sandbox="false"})' },
          [0.1, 0.15],
        ),
      ],
    },
  ],
}
