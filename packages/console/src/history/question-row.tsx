import type { QuerySummary } from '@concord/contracts/queries'
import { outcomeName } from '../deliberation/outcome.ts'
import { ago, cautiousPercent, dateAndTime } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { BinIcon } from '../page/icons.tsx'
import { useNow } from '../page/use-now.ts'
import { paths } from '../router.ts'

type QuestionRowProps = { query: QuerySummary; onDelete?: () => void }

export function QuestionRow({ query, onDelete }: QuestionRowProps) {
  const now = useNow(60_000)
  return (
    <li class="question-row">
      <div class="question-row-text">
        <a class="question-row-link" href={paths.query(query.query_id)} dir="auto">
          {query.question}
        </a>
        <p class="question-row-facts">
          <span class={`status status-${query.outcome ?? query.status}`}>{statusText(query)}</span>
          {query.confidence !== null && (
            <span>
              {t.value.confidence} {cautiousPercent(query.confidence)}
            </span>
          )}
          {query.degraded && <span>{t.value.statusDegraded}</span>}
          {query.sandbox && <span class="tag">{t.value.sandboxTag}</span>}
          <time dateTime={query.created_at} title={dateAndTime(query.created_at)}>
            {ago(query.created_at, now)}
          </time>
        </p>
      </div>
      {query.answer !== null && (
        <p class="question-row-answer" dir="auto">
          {query.answer}
        </p>
      )}
      {onDelete && (
        <button
          type="button"
          class="tool"
          title={t.value.delete}
          aria-label={t.value.deleteQuestion(query.question.slice(0, 120))}
          onClick={onDelete}
        >
          <BinIcon />
        </button>
      )}
    </li>
  )
}

function statusText({ status, outcome }: QuerySummary): string {
  switch (status) {
    case 'processing':
      return t.value.statusProcessing
    case 'completed':
      return outcome ? outcomeName(outcome) : t.value.statusCompleted
    case 'failed':
      return t.value.statusFailed
    case 'cancelled':
      return t.value.statusCancelled
  }
}
