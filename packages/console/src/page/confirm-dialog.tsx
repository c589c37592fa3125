import { useEffect, useRef } from 'preact/hooks'
import { t } from '../i18n/messages.ts'

type ConfirmDialogProps = { title: string; text: string; quote: string; onClose: (confirmed: boolean) => void }

/** The browser's own modal: it keeps the focus inside, Escape leaves it, and the focus returns. */
export function ConfirmDialog({ title, text, quote, onClose }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)

  useEffect(() => dialog.current?.showModal(), [])

  return (
    <dialog
      ref={dialog}
      class="dialog"
      aria-labelledby="confirm-title"
      onClose={() => onClose(dialog.current?.returnValue === 'confirmed')}
    >
      <form method="dialog">
        <h2 id="confirm-title">{title}</h2>
        <blockquote dir="auto">{quote}</blockquote>
        <p>{text}</p>
        <div class="dialog-actions">
          <button class="button" value="kept">
            {t.value.keep}
          </button>
          <button class="button button-danger" value="confirmed">
            {t.value.delete}
          </button>
        </div>
      </form>
    </dialog>
  )
}
