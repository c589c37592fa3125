import { bars, figure, lines, sqlLines, sqlTable } from './panel.ts'
import type { Dashboard } from './panel.ts'

const since = 'day >= current_date - 29'

/** What is used, by whom, and what it costs. Models from the metrics; plans and users from sums in the database. */
export const useAndCost: Dashboard = {
  uid: 'concord-use-and-cost',
  title: 'Concord: use and cost',
  description:
    'What is used and what it costs, by model, plan and user. Plans and users are sums by UTC day from the database; no user is in a metric.',
  from: 'now-24h',
  rows: [
    {
      title: 'Now',
      panels: [
        figure('USD within the hour', 'currencyUSD', 'concord:cost_usd:increase1h', [10, 25]),
        figure('USD within 24 h', 'currencyUSD', 'sum(increase(ai_cost_usd_total[24h]))'),
        figure(
          'USD a query, 1 h',
          'currencyUSD',
          'concord:cost_usd:increase1h / sum(increase(queries_processed_total[1h]))',
          undefined,
          'Direct calls are among the cost and not among the queries.',
        ),
        figure('Queries within 24 h', 'short', 'sum(increase(queries_processed_total[24h]))'),
        figure('Tokens within 24 h', 'short', 'sum(increase(ai_tokens_total[24h]))'),
        figure('Calls on nobody’s bill, 24 h', 'short', 'sum(increase(ai_usage_lost_total[24h]))', [1, 10]),
      ],
    },
    {
      title: 'By model',
      panels: [
        lines('USD an hour', 'currencyUSD', { '{{model}}': '3600 * sum by (model) (rate(ai_cost_usd_total[15m]))' }),
        lines('Calls a second', 'ops', { '{{model}}': 'sum by (model) (rate(ai_api_requests_total[5m]))' }),
        lines('Tokens a second', 'short', {
          '{{model}} {{direction}}': 'sum by (model, direction) (rate(ai_tokens_total[5m]))',
        }),
        bars('USD within 24 h', 'currencyUSD', { '{{model}}': 'sum by (model) (increase(ai_cost_usd_total[24h]))' }),
        bars('USD a thousand calls, 24 h', 'currencyUSD', {
          '{{model}}':
            '1000 * sum by (model) (increase(ai_cost_usd_total[24h])) / sum by (model) (increase(ai_api_requests_total[24h]))',
        }),
        lines('Questions with known answers, USD an hour', 'currencyUSD', {
          anchors: '3600 * sum(rate(consensus_anchor_cost_usd_total[1h]))',
        }),
      ],
    },
    {
      title: 'By plan',
      panels: [
        sqlLines(
          'USD a day',
          'currencyUSD',
          `select day::timestamptz as time, plan as metric, sum(cost_usd) as value from monitoring.usage_by_day where ${since} and not sandbox group by day, plan order by day`,
        ),
        sqlTable(
          'The last 30 days',
          `select plan, count(distinct user_id) as users, sum(calls) as calls, sum(input_tokens + output_tokens) as tokens, round(sum(cost_usd)::numeric, 4) as usd, sandbox from monitoring.usage_by_day where ${since} group by plan, sandbox order by usd desc`,
        ),
        lines(
          'Queries refused because the day was used up, an hour',
          'short',
          { '{{plan}}': 'sum by (plan) (increase(queries_daily_limit_refused_total[1h]))' },
          '',
          12,
        ),
      ],
    },
    {
      title: 'By user',
      panels: [
        sqlTable(
          'Who cost most, the last 30 days',
          `select user_id, plan, sum(calls) as calls, sum(input_tokens + output_tokens) as tokens, round(sum(cost_usd)::numeric, 4) as usd, max(day) as last_day from monitoring.usage_by_day where ${since} and user_id is not null and not sandbox group by user_id, plan order by usd desc limit 50`,
          'By opaque id; an administrator finds the account by it.',
        ),
        sqlTable(
          'By feature and model, the last 30 days',
          `select feature, model, sum(calls) as calls, sum(input_tokens + output_tokens) as tokens, round(sum(cost_usd)::numeric, 4) as usd from monitoring.usage_by_day where ${since} and not sandbox group by feature, model order by usd desc`,
        ),
        sqlLines(
          'Users a day',
          'short',
          `select day::timestamptz as time, plan as metric, count(distinct user_id) as value from monitoring.usage_by_day where ${since} group by day, plan order by day`,
        ),
      ],
    },
  ],
}
