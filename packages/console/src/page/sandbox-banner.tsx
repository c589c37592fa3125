import { listed } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'

/** Said before anybody takes an emulated answer for a real one. */
export function SandboxBanner({ emulated, all }: { emulated: readonly string[]; all: readonly string[] }) {
  if (emulated.length === 0) return null
  const everyone = emulated.length >= all.length
  return (
    <aside class="notice notice-sandbox">
      <p>
        <strong>{everyone ? t.value.sandboxBanner : t.value.sandboxSome(listed(emulated))}</strong>{' '}
        {t.value.sandboxExplained}
      </p>
    </aside>
  )
}
