import type { Decision, Deliberation, VotePaper } from './model.ts'
import { shuffle } from './shuffle.ts'

/** Every voter's ballot paper: the claims it did not write, in an order of its own. None for a closed question. */
export function votePapers({ seed }: Deliberation, decision: Decision): VotePaper[] {
  if (decision.form === 'closed') return []
  return decision.voters
    .map(({ model }) => {
      const others = decision.claims.filter(({ authors }) => authors.every((author) => author.model !== model))
      return {
        model,
        claims: shuffle(
          others.map(({ id, text }) => ({ id, text })),
          `${seed}|vote|${model}`,
        ),
      }
    })
    .filter(({ claims }) => claims.length > 0)
}
