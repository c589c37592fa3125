import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { QuerySummary } from '@concord/contracts/queries'
import { deleteQuery, listQueries } from '../api/queries.ts'
import type { RequestFailure } from '../api/request-failure.ts'
import { t } from '../i18n/messages.ts'
import { announce } from '../page/announcer.tsx'
import { ConfirmDialog } from '../page/confirm-dialog.tsx'
import { failureFrom, ProblemNotice } from '../page/problem-notice.tsx'
import { paths } from '../router.ts'
import { QuestionRow } from './question-row.tsx'

export function HistoryPage() {
  const heading = useRef<HTMLHeadingElement>(null)
  const { queries, cursor, failure, isLoading, loadMore, remove } = useQuestions()
  const doomed = useSignal<QuerySummary | undefined>(undefined)

  useEffect(() => void loadMore(), [])

  const settle = (confirmed: boolean) => {
    const query = doomed.value
    doomed.value = undefined
    if (!confirmed || !query) return
    // The button that had the focus goes with its row.
    heading.current?.focus()
    void remove(query.query_id)
  }
  const isEmpty = queries.value.length === 0 && cursor.value === null && !isLoading.value && !failure.value
  return (
    <section class="history-page" aria-busy={isLoading.value}>
      <h1 ref={heading} tabIndex={-1}>
        {t.value.historyTitle}
      </h1>
      {isEmpty && (
        <p>
          {t.value.historyEmpty} <a href={paths.ask}>{t.value.backToAsk}</a>
        </p>
      )}
      <ul class="question-rows">
        {queries.value.map((query) => (
          <QuestionRow key={query.query_id} query={query} onDelete={() => (doomed.value = query)} />
        ))}
      </ul>
      {failure.value && <ProblemNotice failure={failure.value} retry={() => void loadMore()} />}
      {isLoading.value && <p class="quiet">{t.value.loading}</p>}
      {typeof cursor.value === 'string' && !isLoading.value && !failure.value && (
        <button type="button" class="button" onClick={() => void loadMore()}>
          {t.value.loadMore}
        </button>
      )}
      {doomed.value && (
        <ConfirmDialog
          title={t.value.deleteTitle}
          text={t.value.deleteText}
          quote={doomed.value.question}
          onClose={settle}
        />
      )}
    </section>
  )
}

function useQuestions() {
  const queries = useSignal<readonly QuerySummary[]>([])
  /** Undefined before the first page, null after the last. */
  const cursor = useSignal<string | null | undefined>(undefined)
  const failure = useSignal<RequestFailure | undefined>(undefined)
  const isLoading = useSignal(false)

  async function loadMore(): Promise<void> {
    if (isLoading.value || cursor.value === null) return
    isLoading.value = true
    failure.value = undefined
    try {
      const page = await listQueries(cursor.value ?? null)
      queries.value = [...queries.value, ...page.data]
      cursor.value = page.next_cursor
    } catch (error) {
      failure.value = failureFrom(error)
    } finally {
      isLoading.value = false
    }
  }

  async function remove(queryId: string): Promise<void> {
    try {
      await deleteQuery(queryId)
      queries.value = queries.value.filter((query) => query.query_id !== queryId)
      announce(t.value.deleted)
    } catch (error) {
      failure.value = failureFrom(error)
    }
  }

  return { queries, cursor, failure, isLoading, loadMore, remove }
}
