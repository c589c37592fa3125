import type { Language } from '../language.ts'
import type { Solution } from '../solution.ts'
export function solveUnits(_q: string, _l: Language, _k: string): Solution | undefined {
  return undefined
}
