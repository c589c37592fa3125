import { api } from './api.ts'
import { errorsAndQueues } from './errors-and-queues.ts'
import { overview } from './overview.ts'
import type { Dashboard } from './panel.ts'
import { toGrafana } from './to-grafana.ts'
import { useAndCost } from './use-and-cost.ts'

export const dashboards: readonly Dashboard[] = [overview, api, useAndCost, errorsAndQueues]

/** File names below `monitoring/grafana/dashboards`, and what is to be in them. */
export const dashboardFiles: readonly (readonly [string, string])[] = dashboards.map((dashboard) => [
  `${dashboard.uid}.json`,
  `${JSON.stringify(toGrafana(dashboard), null, 2)}\n`,
])
