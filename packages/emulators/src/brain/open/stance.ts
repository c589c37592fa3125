import { families, familyOf } from '../family.ts'
import { hash, pick } from '../hash.ts'

export type Stance = { side: 'pro' | 'con'; alone: boolean }

/**
 * Where a model stands on the contested claim of an open question. On a quarter of the questions the four families are split
 * in halves and stay so; on the others one stands alone, and gives way in the debate.
 */
export function stanceOf(question: string, model: string, seed: number): Stance {
  const key = `${seed}|stance|${question}`
  const common = hash(`${key}|side`) < 0.5 ? ('pro' as const) : ('con' as const)
  const other = common === 'pro' ? ('con' as const) : ('pro' as const)
  const family = familyOf(model)
  const split = hash(`${key}|split`) < 0.25
  const lone = pick(families, `${key}|lone`)
  if (split) {
    const partner = families[(families.indexOf(lone) + 1 + Math.floor(hash(`${key}|partner`) * 3)) % families.length]
    return { side: family === lone || family === partner ? other : common, alone: false }
  }
  return family === lone ? { side: other, alone: true } : { side: common, alone: false }
}
