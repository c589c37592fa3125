import type { LiveEvent } from '@concord/contracts/live-events'
import { percent } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { outcomeName } from './outcome.ts'
import { stageName } from './stage-name.ts'

/** What a listener wants to be told of while waiting: what changes the picture, not each word. */
export function announcementOf(event: LiveEvent): string | undefined {
  switch (event.type) {
    case 'round_started':
      return t.value.announceRound(stageName(event.data.round))
    case 'model_answered':
      if (event.data.purpose !== 'opening' && event.data.purpose !== 'debate') return undefined
      return event.data.stance === 'change'
        ? t.value.announceChanged(event.data.model)
        : t.value.announceAnswered(event.data.model, (event.data.answer ?? '').slice(0, 80))
    case 'model_failed':
      return t.value.announceFailed(event.data.model)
    case 'agreement_measured':
      return t.value.announceAgreement(percent(event.data.agreement))
    case 'query_completed':
      return event.data.status === 'completed'
        ? t.value.announceCompleted(outcomeName(event.data.consensus.outcome))
        : undefined
    case 'query_failed':
      return t.value.announceFailedQuery
    case 'query_cancelled':
      return t.value.announceCancelled
    case 'query_started':
    case 'model_started':
    case 'round_completed':
    case 'model_delta':
    case 'synthesis_delta':
      return undefined
  }
}
