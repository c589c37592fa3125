import { useSignal } from '@preact/signals'
import { register, session, signIn } from '../api/session.ts'
import type { RequestFailure } from '../api/request-failure.ts'
import { t } from '../i18n/messages.ts'
import { failureFrom, ProblemNotice } from '../page/problem-notice.tsx'

const passwordMin = 12
const passwordMax = 128

/** Signs in, or makes an account: one form, since most of it is the same. */
export function AccountForm() {
  const isNew = useSignal(false)
  const isSending = useSignal(false)
  const failure = useSignal<RequestFailure | undefined>(undefined)

  async function send(form: HTMLFormElement): Promise<void> {
    if (isSending.value) return
    const entries = new FormData(form)
    const entry = (name: string) => {
      const value = entries.get(name)
      return typeof value === 'string' ? value : ''
    }
    const credentials = { email: entry('email').trim(), password: entry('password') }
    isSending.value = true
    failure.value = undefined
    try {
      if (isNew.value) await register({ ...credentials, full_name: entry('full_name').trim() })
      else await signIn(credentials)
    } catch (error) {
      failure.value = failureFrom(error)
    } finally {
      isSending.value = false
    }
  }

  const { value: current } = session
  return (
    <section class="account" aria-labelledby="account-title">
      <h2 id="account-title">{isNew.value ? t.value.createAccount : t.value.signIn}</h2>
      {current.state === 'anonymous' && current.ended && (
        <p class="notice" role="status">
          {t.value.sessionEnded}
        </p>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void send(event.currentTarget)
        }}
      >
        <AccountFields isNew={isNew.value} />
        {failure.value && <ProblemNotice failure={failure.value} />}
        <button type="submit" class="button button-primary button-large" disabled={isSending.value}>
          {isSending.value ? t.value.signingIn : isNew.value ? t.value.createAccount : t.value.signIn}
        </button>
      </form>
      <p class="account-other">
        {isNew.value ? t.value.haveAccount : t.value.noAccountYet}{' '}
        <button
          type="button"
          class="link-button"
          onClick={() => {
            isNew.value = !isNew.value
            failure.value = undefined
          }}
        >
          {isNew.value ? t.value.signIn : t.value.createAccount}
        </button>
      </p>
    </section>
  )
}

function AccountFields({ isNew }: { isNew: boolean }) {
  const isShown = useSignal(false)
  const shown = isShown.value ? ({ type: 'text' } as const) : ({ type: 'password' } as const)
  return (
    <>
      {isNew && (
        <label class="field">
          <span>{t.value.fullName}</span>
          <input name="full_name" type="text" autocomplete="name" required maxLength={200} />
        </label>
      )}
      <label class="field">
        <span>{t.value.email}</span>
        <input name="email" type="email" autocomplete="username" required maxLength={254} />
      </label>
      <label class="field">
        <span>
          {t.value.password} {isNew && <span class="quiet">{t.value.passwordHint}</span>}
        </span>
        <input
          name="password"
          {...shown}
          autocomplete={isNew ? 'new-password' : 'current-password'}
          required
          minLength={isNew ? passwordMin : 1}
          maxLength={passwordMax}
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={isShown.value}
          onChange={({ currentTarget }) => (isShown.value = currentTarget.checked)}
        />
        {t.value.showPassword}
      </label>
    </>
  )
}
