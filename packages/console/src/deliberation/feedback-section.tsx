import { useSignal } from '@preact/signals'
import type { Feedback } from '@concord/contracts/feedback'
import type { RequestFailure } from '../api/request-failure.ts'
import { listed } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { announce } from '../page/announcer.tsx'
import { failureFrom, ProblemNotice } from '../page/problem-notice.tsx'
import { earlierFeedback, expectedMax, recorded, recordFeedback } from './feedback.ts'

const heardMax = 160

type FeedbackSectionProps = { queryId: string; earlier: { correct: boolean } | undefined }

/** Asks whether the answer was right, shows what was recorded, and takes it back for something else. */
export function FeedbackSection({ queryId, earlier }: FeedbackSectionProps) {
  const { isSending, failure, say } = useSaying(queryId)
  const feedback = recorded.value.get(queryId) ?? earlierFeedback(queryId, earlier)
  const choose = (correct: boolean) => {
    if (feedback?.correct !== correct) void say(correct)
  }
  return (
    <section class="feedback" aria-labelledby="feedback-title" aria-busy={isSending.value}>
      <h3 id="feedback-title">{t.value.feedbackTitle}</h3>
      <div class="feedback-choices" role="group" aria-labelledby="feedback-title">
        <Choice name={t.value.yes} isChosen={feedback?.correct === true} onChoose={() => choose(true)} />
        <Choice name={t.value.no} isChosen={feedback?.correct === false} onChoose={() => choose(false)} />
      </div>
      {feedback ? <Recorded feedback={feedback} /> : <p class="quiet">{t.value.feedbackText}</p>}
      {feedback?.correct === false && (
        <ExpectedAnswer
          known={feedback.expected_answer ?? ''}
          isSending={isSending.value}
          onSave={(expected) => void say(false, expected)}
        />
      )}
      {failure.value && <ProblemNotice failure={failure.value} />}
    </section>
  )
}

function useSaying(queryId: string) {
  const isSending = useSignal(false)
  const failure = useSignal<RequestFailure | undefined>(undefined)

  async function say(correct: boolean, expected?: string): Promise<void> {
    if (isSending.value) return
    isSending.value = true
    failure.value = undefined
    try {
      announce(textOf(await recordFeedback(queryId, correct, expected)).slice(0, heardMax))
    } catch (error) {
      failure.value = failureFrom(error)
    } finally {
      isSending.value = false
    }
  }

  return { isSending, failure, say }
}

function Choice({ name, isChosen, onChoose }: { name: string; isChosen: boolean; onChoose: () => void }) {
  return (
    <button type="button" class="button" aria-pressed={isChosen} onClick={onChoose}>
      {name}
    </button>
  )
}

function Recorded({ feedback }: { feedback: Feedback }) {
  const graded = (wanted: boolean) =>
    feedback.graded.filter(({ correct }) => correct === wanted).map(({ model }) => model)
  const [right, wrong] = [graded(true), graded(false)]
  return (
    <div class="recorded">
      <p dir="auto">{textOf(feedback)}</p>
      <p class="quiet">
        {right.length > 0 && `${t.value.gradedRight(listed(right))} `}
        {wrong.length > 0 && `${t.value.gradedWrong(listed(wrong))} `}
        {t.value.feedbackChange}
      </p>
    </div>
  )
}

type ExpectedAnswerProps = { known: string; isSending: boolean; onSave: (expected: string) => void }

function ExpectedAnswer({ known, isSending, onSave }: ExpectedAnswerProps) {
  const expected = useSignal(known)
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSave(expected.value)
      }}
    >
      <label class="field">
        <span>
          {t.value.expectedLabel} <span class="quiet">{t.value.optional}</span>
        </span>
        <textarea
          rows={2}
          maxLength={expectedMax}
          value={expected.value}
          onInput={({ currentTarget }) => (expected.value = currentTarget.value)}
        />
      </label>
      <button type="submit" class="button" disabled={expected.value.trim() === known}>
        {isSending ? t.value.saving : t.value.saveExpected}
      </button>
    </form>
  )
}

function textOf({ correct, expected_answer: expected }: Feedback): string {
  if (correct) return t.value.recordedRight
  return expected === null
    ? t.value.recordedWrong
    : `${t.value.recordedWrong} ${t.value.recordedExpected(t.value.inQuotes(expected))}`
}
