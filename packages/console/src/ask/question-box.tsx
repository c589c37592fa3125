import { useLayoutEffect, useRef } from 'preact/hooks'
import { count } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { changeDraft, draft } from './draft.ts'

const questionMax = 8_000
const warnBelow = 500

/** Grows with what is written. Ctrl or Command with Enter sends. */
export function QuestionBox({ complaint, onSend }: { complaint: string | undefined; onSend: () => void }) {
  const box = useRef<HTMLTextAreaElement>(null)
  const { question } = draft.value
  const left = questionMax - question.length

  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [question])

  return (
    <div class="question-box">
      <label for="question" class="only-heard">
        {t.value.questionLabel}
      </label>
      <textarea
        id="question"
        ref={box}
        rows={2}
        dir="auto"
        maxLength={questionMax}
        placeholder={t.value.questionPlaceholder}
        value={question}
        aria-invalid={complaint ? true : undefined}
        aria-describedby="question-hint"
        onInput={({ currentTarget }) => changeDraft({ question: currentTarget.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onSend()
        }}
      />
      <p id="question-hint" class={complaint ? 'complaint' : 'quiet'} role={complaint ? 'alert' : undefined}>
        {complaint ??
          (left < warnBelow ? (
            t.value.charactersLeft(count(left))
          ) : (
            <span class="shortcut">{t.value.shortcutHint}</span>
          ))}
      </p>
    </div>
  )
}
