import type { Language } from '../language.ts'
import type { Solution } from '../solution.ts'
export function solveFact(_q: string, _l: Language, _k: string): Solution | undefined {
  return undefined
}
