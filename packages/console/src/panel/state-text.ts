import type { PanelMember } from '@concord/contracts/panel'
import { t } from '../i18n/messages.ts'

export function stateText(state: PanelMember['state']): string {
  const texts: Record<PanelMember['state'], string> = {
    ok: t.value.stateOk,
    degraded: t.value.stateDegraded,
    down: t.value.stateDown,
    unconfigured: t.value.stateUnconfigured,
    sandbox: t.value.stateSandbox,
  }
  return texts[state]
}
