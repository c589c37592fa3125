import { RequestFailure } from '../api/request-failure.ts'
import { clock, duration } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'

/** An error as a person reads it: what, why in the API's words, and when to come back. */
export function ProblemNotice({ failure, retry }: { failure: RequestFailure; retry?: () => void }) {
  return (
    <div class="notice notice-problem" role="alert">
      <p class="notice-title">{titleOf(failure)}</p>
      <p>{failure.status === 0 ? t.value.offlineText : failure.message}</p>
      {failure.errors.length > 0 && (
        <ul>
          {failure.errors.map(({ pointer, detail }) => (
            <li key={pointer}>{fieldOf(pointer) ? t.value.labelled(fieldOf(pointer), detail) : detail}</li>
          ))}
        </ul>
      )}
      <RetryAfter failure={failure} />
      {failure.status >= 500 && failure.traceId && <p class="quiet">{t.value.reference(failure.traceId)}</p>}
      {retry && (
        <button type="button" class="button" onClick={retry}>
          {t.value.tryAgain}
        </button>
      )}
    </div>
  )
}

export function failureFrom(error: unknown): RequestFailure {
  return error instanceof RequestFailure ? error : new RequestFailure(500, { cause: error })
}

function RetryAfter({ failure: { retryAfterS } }: { failure: RequestFailure }) {
  if (retryAfterS === undefined) return null
  const ms = retryAfterS * 1000
  return <p>{t.value.retryIn(duration(ms), clock(Date.now() + ms))}</p>
}

function titleOf({ status }: RequestFailure): string {
  const titles: Record<number, string> = {
    0: t.value.offlineTitle,
    401: t.value.error401,
    403: t.value.error403,
    404: t.value.error404,
    409: t.value.error409,
    413: t.value.error413,
    429: t.value.error429,
    502: t.value.error503,
    503: t.value.error503,
    504: t.value.error503,
  }
  return titles[status] ?? (status >= 500 ? t.value.error500 : t.value.error400)
}

function fieldOf(pointer: string): string {
  return pointer.replace(/^#?\/?/, '').replaceAll('/', ' ')
}
