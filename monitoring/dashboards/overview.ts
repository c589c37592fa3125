import { bars, figure, lines, seriesTable } from './panel.ts'
import type { Dashboard } from './panel.ts'

/** Is it well? One screen, from what users feel to what it stands on. */
export const overview: Dashboard = {
  uid: 'concord-overview',
  title: 'Concord: overview',
  description: 'Whether Concord is well: what users feel, what councils decide, what runs, what it stands on.',
  from: 'now-6h',
  rows: [
    {
      title: 'Now',
      panels: [
        figure('Requests a second', 'reqps', 'sum(rate(http_requests_total{service="gateway"}[5m]))'),
        figure('Requests that fail', 'percentunit', 'concord:gateway_errors:ratio_rate5m', [0.001, 0.0144]),
        figure(
          'Latency, 95 %',
          's',
          'concord:gateway_latency_seconds:p95',
          [0.25, 0.5],
          'Streams and models left aside.',
        ),
        figure('Queries that fail', 'percentunit', 'concord:queries_failed:ratio_rate15m', [0.01, 0.05]),
        figure('Mean confidence, 1 h', 'percentunit', 'concord:consensus_confidence:avg1h', [0.8, 0.6]),
        figure(
          'Alerts that fire',
          'short',
          'count(ALERTS{alertstate="firing",severity=~"critical|warning"}) or vector(0)',
          [1, 3],
        ),
      ],
    },
    {
      title: 'What fires',
      panels: [
        seriesTable(
          'Alerts',
          'max by (alertname, severity, job, service, provider, queue) (ALERTS{alertstate="firing",severity=~"critical|warning"})',
        ),
      ],
    },
    {
      title: 'Councils',
      panels: [
        lines('Queries that end, by outcome', 'ops', {
          '{{outcome}}': 'sum by (outcome) (rate(queries_processed_total[5m]))',
        }),
        lines('Queries that run', 'short', { running: 'max(queries_running)' }),
        lines('Time in a stage, 95 %', 's', { '{{stage}}': 'concord:stage_seconds:p95' }),
      ],
    },
    {
      title: 'Services',
      panels: [
        lines('Replicas that answer', 'short', {
          '{{job}}': 'sum by (job) (up{job=~"gateway|auth|consensus-orchestrator|ai-inference"})',
        }),
        lines('Processor, cores', 'short', {
          '{{service}}': 'sum by (service) (rate(process_cpu_seconds_total{service!=""}[5m]))',
        }),
        lines('Memory', 'bytes', { '{{service}}': 'sum by (service) (process_resident_memory_bytes{service!=""})' }),
        lines('Sockets and streams held open', 'short', {
          '{{instance}}': 'sum by (instance) (websocket_connections_open)',
        }),
        lines('Event loop, 99 %', 's', { '{{service}} {{instance}}': 'nodejs_eventloop_lag_p99_seconds' }),
        lines('Outbox, oldest event', 's', { '{{service}}': 'max by (service) (outbox_lag_seconds)' }),
      ],
    },
    {
      title: 'Engines',
      panels: [
        bars(
          'Reached',
          'short',
          {
            PostgreSQL: 'min(pg_up)',
            Redis: 'min(redis_up)',
            RabbitMQ: 'min(up{job="rabbitmq"})',
            NGINX: 'min(nginx_up)',
          },
          [1, 0],
        ),
        lines('PostgreSQL, connections in use', 'percentunit', {
          used: 'sum(pg_stat_database_numbackends) / max(pg_settings_max_connections)',
        }),
        lines('Redis, memory', 'bytes', { '{{instance}}': 'redis_memory_used_bytes' }),
      ],
    },
  ],
}
