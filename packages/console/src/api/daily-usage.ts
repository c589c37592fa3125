import { signal } from '@preact/signals'
import type { Plan } from '@concord/contracts/plans'
import type { DailyUsage } from '@concord/contracts/queries'
import { readStats } from './queries.ts'
import { session } from './session.ts'

/** Questions of today; undefined until known. */
export const dailyUsage = signal<DailyUsage | undefined>(undefined)

/** As in contracts/plans.ts (a test compares them), which would bring its schema library into the page. */
export const queriesPerDay: Record<Plan, number | null> = { free: 10, pro: 100, researcher: 500, guardian: null }

export async function readDailyUsage(): Promise<void> {
  if (session.value.state !== 'signed-in') return
  const { plan } = session.value.user
  try {
    const { today } = await readStats()
    const limit = queriesPerDay[plan]
    const remaining = limit === null ? null : Math.max(0, limit - today.queries_count)
    dailyUsage.value = { current: today.queries_count, limit, remaining }
  } catch {
    // A line of information less; whatever matters is said by the next request.
  }
}
