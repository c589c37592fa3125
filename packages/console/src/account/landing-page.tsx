import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { Lanes } from '../deliberation/lanes.tsx'
import { t } from '../i18n/messages.ts'
import { prefersStillness } from '../page/appearance.ts'
import { useTitle } from '../page/use-title.ts'
import { AccountForm } from './account-form.tsx'

export function LandingPage() {
  useTitle(undefined)
  return (
    <div class="landing">
      <section class="pitch">
        <h1>{t.value.landingTitle}</h1>
        <p class="pitch-text">{t.value.landingText}</p>
        <Example />
        <ol class="pitch-steps">
          <li>{t.value.landingStep1}</li>
          <li>{t.value.landingStep2}</li>
          <li>{t.value.landingStep3}</li>
        </ol>
      </section>
      <AccountForm />
    </div>
  )
}

const models = ['gpt5', 'claude', 'gemini', 'grok']
const scenes = [
  { right: ['gpt5', 'claude'], wrong: ['gemini', 'grok'], support: 0.52 },
  { right: ['gpt5', 'claude', 'gemini'], wrong: ['grok'], support: 0.86 },
  { right: models, wrong: [], support: 0.98 },
]
const sceneMs = 1_500

/** What a deliberation looks like, in three steps of under five seconds, once. Stillness shows the middle one. */
function Example() {
  const scene = useSignal(prefersStillness() ? 1 : 0)

  useEffect(() => {
    if (prefersStillness()) return undefined
    const timers = [1, 2].map((next) => setTimeout(() => (scene.value = next), next * sceneMs))
    return () => timers.forEach(clearTimeout)
  }, [])

  const shown = scenes[scene.value]
  if (!shown) return null
  return (
    <figure class="example">
      <figcaption>{t.value.landingFigure}</figcaption>
      <Lanes
        others={[]}
        threshold={0.75}
        lanes={[
          { position: '22', tone: 0, support: shown.support, models: shown.right },
          { position: '24', tone: 1, support: 1 - shown.support, models: shown.wrong },
        ]}
      />
    </figure>
  )
}
