import { useComputed, useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import { dailyUsage, readDailyUsage } from '../api/daily-usage.ts'
import { newIdempotencyKey, submitQuery } from '../api/queries.ts'
import type { RequestFailure } from '../api/request-failure.ts'
import { RecentQuestions } from '../history/recent-questions.tsx'
import { count } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { failureFrom, ProblemNotice } from '../page/problem-notice.tsx'
import { SandboxBanner } from '../page/sandbox-banner.tsx'
import { goTo, paths } from '../router.ts'
import { changeDraft, choicesOf, draft, submissionOf } from './draft.ts'
import { DeliberationSettings } from './deliberation-settings.tsx'
import { chosenModels, loadPanel, panel, panelFailure } from './panel.ts'
import { PanelPicker } from './panel-picker.tsx'
import { QuestionBox } from './question-box.tsx'

/** One key for one question, so that sending it again after a lost answer asks it once. */
type Attempt = { body: string; key: string }

export function AskPage() {
  const chosen = useComputed(() => chosenModels(panel.value ?? [], draft.value.models))
  const { ask, isSending, complaint, failure } = useAsking(chosen)

  useEffect(() => {
    void loadPanel()
    void readDailyUsage()
  }, [])

  const members = panel.value ?? []
  const emulated = members.filter(({ name, state }) => state === 'sandbox' && chosen.value.includes(name))
  return (
    <div class="ask-page">
      <form
        class="ask"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          void ask()
        }}
      >
        <h1>{t.value.askTitle}</h1>
        <QuestionBox complaint={complaint.value} onSend={() => void ask()} />
        {panelFailure.value && !panel.value ? (
          <ProblemNotice failure={panelFailure.value} retry={() => void loadPanel()} />
        ) : (
          panel.value && (
            <PanelPicker members={members} chosen={chosen.value} onChoose={(models) => changeDraft({ models })} />
          )
        )}
        <SandboxBanner emulated={emulated.map(({ name }) => name)} all={chosen.value} />
        <DeliberationSettings />
        {failure.value && <ProblemNotice failure={failure.value} />}
        <div class="ask-actions">
          <button type="submit" class="button button-primary button-large" disabled={isSending.value}>
            {isSending.value ? t.value.asking : t.value.askButton}
          </button>
          <Remaining />
        </div>
      </form>
      <RecentQuestions />
    </div>
  )
}

function useAsking(chosen: { readonly value: readonly string[] }) {
  const isSending = useSignal(false)
  const complaint = useSignal<string | undefined>(undefined)
  const failure = useSignal<RequestFailure | undefined>(undefined)
  const attempt = useRef<Attempt | undefined>(undefined)

  async function ask(): Promise<void> {
    if (isSending.value) return
    complaint.value = complaintAbout(chosen.value)
    failure.value = undefined
    if (complaint.value) {
      document.getElementById('question')?.focus()
      return
    }
    const body = submissionOf(draft.value, chosen.value)
    const text = JSON.stringify(body)
    if (attempt.current?.body !== text) attempt.current = { body: text, key: newIdempotencyKey() }
    isSending.value = true
    try {
      const accepted = await submitQuery(body, attempt.current.key)
      dailyUsage.value = accepted.daily_usage
      attempt.current = undefined
      changeDraft({ question: '', choices: '' })
      goTo(paths.query(accepted.query_id))
    } catch (error) {
      failure.value = failureFrom(error)
      // What was answered is settled; only a request without an answer is sent again under its key.
      if (failure.value.status !== 0) attempt.current = undefined
    } finally {
      isSending.value = false
    }
  }

  return { ask, isSending, complaint, failure }
}

function complaintAbout(models: readonly string[]): string | undefined {
  if (draft.value.question.trim() === '') return t.value.questionEmpty
  if (panel.value && models.length === 0) return t.value.chooseModel
  if (draft.value.answerType === 'choice' && choicesOf(draft.value).length < 2) return t.value.choicesNeeded
  return undefined
}

function Remaining() {
  const usage = dailyUsage.value
  if (!usage) return null
  if (usage.remaining === null || usage.limit === null) return <p class="quiet">{t.value.unlimitedToday}</p>
  return <p class="quiet">{t.value.remainingToday(usage.remaining, count(usage.limit))}</p>
}
