import { bars, figure, lines } from './panel.ts'
import type { Dashboard } from './panel.ts'

const open = '.*(events|ws|completions|responses|mcp|stream).*'

/** How fast and how rightly the API answers, route by route, and where the time goes. */
export const api: Dashboard = {
  uid: 'concord-api',
  title: 'Concord: API performance',
  description: 'How fast and how rightly the API answers, route by route, and where the time goes.',
  from: 'now-3h',
  rows: [
    {
      title: 'The door',
      panels: [
        figure('Requests a second', 'reqps', 'sum(rate(http_requests_total{service="gateway"}[5m]))'),
        figure('Availability, 6 h', 'percentunit', '1 - concord:gateway_errors:ratio_rate6h', [0.999, 0.99]),
        figure('Latency, 95 %', 's', 'concord:gateway_latency_seconds:p95', [0.25, 0.5]),
        figure('A 202 takes, 99 %', 's', 'concord:submission_latency_seconds:p99', [0.5, 1]),
        figure(
          'Refused by limits a minute',
          'short',
          '60 * sum(rate(http_requests_total{service="gateway",status="429"}[5m])) or vector(0)',
          [60, 600],
        ),
        figure('Sockets and streams', 'short', 'sum(websocket_connections_open)'),
      ],
    },
    {
      title: 'By route',
      panels: [
        lines(
          'Requests',
          'reqps',
          {
            '{{method}} {{route}}':
              'topk(12, sum by (method, route) (rate(http_requests_total{service="gateway"}[5m])))',
          },
          '',
          12,
        ),
        lines(
          'Answers by status',
          'reqps',
          { '{{status}}': 'sum by (status) (rate(http_requests_total{service="gateway"}[5m]))' },
          '',
          12,
        ),
        lines(
          'Latency, 95 %',
          's',
          {
            '{{method}} {{route}}': `topk(12, histogram_quantile(0.95, sum by (method, route, le) (rate(http_request_duration_seconds_bucket{service="gateway",route!~"${open}"}[5m]))))`,
          },
          'Without streams, and without what waits for a model.',
          12,
        ),
        lines(
          'Direct calls of models, 95 %',
          's',
          {
            '{{route}}':
              'histogram_quantile(0.95, sum by (route, le) (rate(http_request_duration_seconds_bucket{service="gateway",route=~".*(completions|responses).*"}[5m])))',
          },
          '',
          12,
        ),
      ],
    },
    {
      title: 'Behind the door',
      panels: [
        lines('Latency, 50 %', 's', {
          '{{service}}': `histogram_quantile(0.5, sum by (service, le) (rate(http_request_duration_seconds_bucket{route!~"${open}"}[5m])))`,
        }),
        lines('Latency, 99 %', 's', {
          '{{service}}': `histogram_quantile(0.99, sum by (service, le) (rate(http_request_duration_seconds_bucket{route!~"${open}"}[5m])))`,
        }),
        lines('Answers with 5xx', 'percentunit', { '{{service}}': 'concord:service_errors:ratio_rate5m' }),
        lines('Event loop, 99 %', 's', { '{{service}} {{instance}}': 'nodejs_eventloop_lag_p99_seconds' }),
        lines('Garbage collection, share of time', 'percentunit', {
          '{{service}}': 'sum by (service) (rate(nodejs_gc_duration_seconds_sum[5m]))',
        }),
        lines('Open descriptors', 'percentunit', {
          '{{service}} {{instance}}': 'process_open_fds{service!=""} / process_max_fds{service!=""}',
        }),
      ],
    },
    {
      title: 'Where a query’s time goes',
      panels: [
        lines('Stages, 95 %', 's', { '{{stage}}': 'concord:stage_seconds:p95' }),
        lines('Models, 95 %', 's', { '{{provider}}': 'concord:provider_latency_seconds:p95' }),
        bars('Mean time in a stage, 1 h', 's', {
          '{{stage}}':
            'sum by (stage) (rate(consensus_stage_duration_seconds_sum[1h])) / sum by (stage) (rate(consensus_stage_duration_seconds_count[1h]))',
        }),
      ],
    },
  ],
}
