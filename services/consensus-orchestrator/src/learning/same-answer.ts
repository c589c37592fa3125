import type { Canonical } from '../decision/canonicalise.ts'
import { cluster } from '../decision/cluster.ts'

/** One text for all forms that the decision takes for the same answer, of those there are. */
export function answerKeys(forms: readonly (Canonical | undefined)[]): (form: Canonical) => string {
  const clusters = cluster(forms.filter((form) => form !== undefined))
  return ({ key }) => clusters.get(key)?.key ?? key
}
