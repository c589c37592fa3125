import { draft } from '../ask/draft.ts'
import { t } from '../i18n/messages.ts'
import type { Deliberation } from '../live/deliberation.ts'
import { goTo, paths } from '../router.ts'
import { Losses } from './losses.tsx'

/** For a query that ended without an answer: why, and the way to ask again. */
export function EndedNotice({ deliberation: { results, question } }: { deliberation: Deliberation }) {
  if (!results || results.status === 'completed') return null
  const isFailed = results.status === 'failed'
  const askAgain = () => {
    draft.value = { ...draft.value, question: question ?? '' }
    goTo(paths.ask)
  }
  return (
    <section class={`notice ${isFailed ? 'notice-problem' : ''}`}>
      <h2 class="notice-title">{isFailed ? t.value.failedTitle : t.value.cancelledTitle}</h2>
      {results.status === 'failed' && <p>{results.error.detail}</p>}
      <Losses failed={results.metadata.models_failed} />
      <p>{isFailed ? t.value.failedText : t.value.cancelledText}</p>
      <button type="button" class="button" onClick={askAgain}>
        {t.value.askAgain}
      </button>
    </section>
  )
}
