import type { FailedModel, QueryMetadata } from '@concord/contracts/queries'
import { t } from '../i18n/messages.ts'
import { lossText } from './loss-text.ts'

export function Losses({ failed }: { failed: readonly FailedModel[] }) {
  if (failed.length === 0) return null
  return (
    <ul>
      {failed.map(({ model, reason, detail }) => (
        <li key={model}>
          <strong>{t.value.lost(model)}</strong> {lossText(reason)} <span class="quiet">{detail}</span>
        </li>
      ))}
    </ul>
  )
}

/** Said near the answer: whoever reads it should know that part of the council is missing. */
export function LossNotice({ metadata }: { metadata: QueryMetadata }) {
  if (!metadata.degraded && metadata.models_failed.length === 0) return null
  return (
    <aside class="notice notice-degraded">
      {metadata.degraded && <p class="notice-title">{t.value.degraded}</p>}
      <Losses failed={metadata.models_failed} />
    </aside>
  )
}
