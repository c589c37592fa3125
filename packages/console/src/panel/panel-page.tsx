import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { loadPanel, panel, panelFailure } from '../ask/panel.ts'
import { t } from '../i18n/messages.ts'
import { ProblemNotice } from '../page/problem-notice.tsx'
import { SandboxBanner } from '../page/sandbox-banner.tsx'
import { useTitle } from '../page/use-title.ts'
import { ModelEntry } from './model-entry.tsx'

/** The council's models: how they do today, and what each one's word has been worth so far. */
export function PanelPage() {
  const { isLoading, load } = useFreshPanel()
  useTitle(t.value.models)
  const members = panel.value
  const emulated = (members ?? []).filter(({ state }) => state === 'sandbox').map(({ name }) => name)
  return (
    <section class="panel-page" aria-busy={isLoading.value}>
      <h1>{t.value.panelTitle}</h1>
      <p class="panel-page-text">{t.value.panelText}</p>
      {panelFailure.value && <ProblemNotice failure={panelFailure.value} retry={() => void load()} />}
      {!members && !panelFailure.value && <p class="quiet">{t.value.loading}</p>}
      {members?.length === 0 && <p class="notice">{t.value.panelEmpty}</p>}
      <SandboxBanner emulated={emulated} all={(members ?? []).map(({ name }) => name)} />
      {members?.map((member) => (
        <ModelEntry key={member.name} member={member} />
      ))}
    </section>
  )
}

/** What is known already is shown at once, and renewed. */
function useFreshPanel() {
  const isLoading = useSignal(false)

  async function load(): Promise<void> {
    isLoading.value = true
    await loadPanel()
    isLoading.value = false
  }

  useEffect(() => void load(), [])

  return { isLoading, load }
}
