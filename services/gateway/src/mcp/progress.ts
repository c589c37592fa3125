import type { LiveEvent } from '@concord/contracts/live-events'
import { percent } from './untrusted.ts'

const did: Record<string, string> = {
  opening: 'answered',
  vote: 'voted',
  debate: 'replied',
  synthesis: 'written the answer',
}

/** Tells a deliberation in short lines, without a word of what its models write. Undefined where there is nothing to tell. */
export function narrator(): (event: LiveEvent) => string | undefined {
  let asked = 0
  let answered = 0

  return function tell({ type, data, query_id: id }) {
    switch (type) {
      case 'query_started':
        return `The council is at work on ${id}: ${data.models.join(', ')}.`
      case 'round_started':
        asked = data.models.length
        answered = 0
        return data.round === 0
          ? `Round 0: the models answer, each on its own.`
          : `Round ${data.round}: the models debate.`
      case 'model_answered': {
        const counted = data.purpose === 'opening' || data.purpose === 'debate'
        if (counted) answered += 1
        const how = data.stance === 'change' ? 'changed its position' : (did[data.purpose] ?? 'answered')
        return `${data.model} has ${how}${counted ? ` (${answered} of ${asked})` : ''}.`
      }
      case 'model_failed':
        return `${data.model} was lost: ${data.reason}.`
      case 'agreement_measured':
        return `Round ${data.round}: agreement ${percent(data.agreement)}.`
      case 'round_completed':
        return data.next === 'debate' ? 'The council goes on to debate.' : 'The council writes its answer.'
      case 'model_started':
      case 'model_delta':
      case 'synthesis_delta':
      case 'query_completed':
      case 'query_failed':
      case 'query_cancelled':
        return undefined
    }
  }
}
