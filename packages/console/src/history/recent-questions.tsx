import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { QuerySummary } from '@concord/contracts/queries'
import { listQueries } from '../api/queries.ts'
import { t } from '../i18n/messages.ts'
import { paths } from '../router.ts'
import { QuestionRow } from './question-row.tsx'

const shown = 4

/** A way back to the last questions; nothing where there are none, or where they cannot be read. */
export function RecentQuestions() {
  const queries = useSignal<readonly QuerySummary[]>([])

  useEffect(() => {
    listQueries(null).then(
      ({ data }) => {
        queries.value = data.slice(0, shown)
      },
      () => undefined,
    )
  }, [])

  if (queries.value.length === 0) return null
  return (
    <section class="recent" aria-labelledby="recent-title">
      <div class="section-head">
        <h2 id="recent-title">{t.value.recentQuestions}</h2>
        <a href={paths.history}>{t.value.allQuestions}</a>
      </div>
      <ul class="question-rows">
        {queries.value.map((query) => (
          <QuestionRow key={query.query_id} query={query} />
        ))}
      </ul>
    </section>
  )
}
