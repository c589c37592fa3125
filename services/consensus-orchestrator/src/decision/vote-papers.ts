import type { Decision, Deliberation, VotePaper } from './model.ts'
import { peerText } from './peer-text.ts'
import { shuffle } from './shuffle.ts'

/** Every voter's ballot paper: the claims it did not write, in an order of its own. None for a closed question. */
export function votePapers({ seed, question }: Deliberation, decision: Decision): VotePaper[] {
  if (decision.form === 'closed') return []
  const claims = decision.claims
    .map(({ id, text, authors }) => ({ id, text: peerText(text, question), authors }))
    .filter(({ text }) => text !== '')
  return decision.voters
    .map(({ model }) => {
      const others = claims.filter(({ authors }) => authors.every((author) => author.model !== model))
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
