import { t } from '../i18n/messages.ts'
import { paths } from '../router.ts'

export function NothingHere() {
  return (
    <section class="narrow-page">
      <h1>{t.value.notFoundTitle}</h1>
      <p>{t.value.notFoundText}</p>
      <a class="button button-primary" href={paths.ask}>
        {t.value.backToAsk}
      </a>
    </section>
  )
}
