import { useSignal } from '@preact/signals'
import { cancelQuery, deleteQuery } from '../api/queries.ts'
import type { RequestFailure } from '../api/request-failure.ts'
import { ago, dateAndTime, duration } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import type { Deliberation } from '../live/deliberation.ts'
import type { Link } from '../live/follow-query.ts'
import { ConfirmDialog } from '../page/confirm-dialog.tsx'
import { failureFrom, ProblemNotice } from '../page/problem-notice.tsx'
import { useNow } from '../page/use-now.ts'
import { goTo, paths } from '../router.ts'

export function StatusLine({ deliberation, link }: { deliberation: Deliberation; link: Link }) {
  const failure = useSignal<RequestFailure | undefined>(undefined)
  const onFailure = (error: unknown) => (failure.value = failureFrom(error))
  return (
    <>
      <div class="status-line">
        {deliberation.status === 'processing' ? (
          <Running deliberation={deliberation} link={link} onFailure={onFailure} />
        ) : (
          <Over deliberation={deliberation} onFailure={onFailure} />
        )}
      </div>
      {failure.value && <ProblemNotice failure={failure.value} />}
    </>
  )
}

type RunningProps = { deliberation: Deliberation; link: Link; onFailure: (error: unknown) => void }

function Running({ deliberation: { queryId, startedAt }, link, onFailure }: RunningProps) {
  const now = useNow(1_000)
  const isStopping = useSignal(false)
  const stop = () => {
    isStopping.value = true
    cancelQuery(queryId).catch((error: unknown) => {
      isStopping.value = false
      // It ended by itself in the meantime, which the page is about to show.
      if (failureFrom(error).status !== 409) onFailure(error)
    })
  }
  return (
    <>
      <span class={`link link-${link}`}>{linkText(link)}</span>
      {startedAt && (
        <span class="elapsed" role="timer">
          {t.value.elapsed(duration(Math.max(0, now - Date.parse(startedAt))))}
        </span>
      )}
      <button type="button" class="button" disabled={isStopping.value} onClick={stop}>
        {isStopping.value ? t.value.cancelling : t.value.cancel}
      </button>
    </>
  )
}

type OverProps = { deliberation: Deliberation; onFailure: (error: unknown) => void }

function Over({ deliberation: { queryId, startedAt, question }, onFailure }: OverProps) {
  const now = useNow(60_000)
  const isAsking = useSignal(false)
  const settle = (confirmed: boolean) => {
    isAsking.value = false
    if (confirmed) deleteQuery(queryId).then(() => goTo(paths.history), onFailure)
  }
  return (
    <>
      {startedAt && (
        <time dateTime={startedAt} title={dateAndTime(startedAt)}>
          {t.value.asked(ago(startedAt, now))}
        </time>
      )}
      <button type="button" class="button" onClick={() => (isAsking.value = true)}>
        {t.value.delete}
      </button>
      {isAsking.value && (
        <ConfirmDialog title={t.value.deleteTitle} text={t.value.deleteText} quote={question ?? ''} onClose={settle} />
      )}
    </>
  )
}

function linkText(link: Link): string {
  const texts: Record<Link, string> = {
    connecting: t.value.linkConnecting,
    live: t.value.linkLive,
    reconnecting: t.value.linkReconnecting,
    polling: t.value.linkPolling,
    ended: t.value.linkLive,
  }
  return texts[link]
}
