import { percent } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import type { Deliberation } from '../live/deliberation.ts'
import { stageName } from './stage-name.ts'

type Step = { key: string; name: string; state: 'done' | 'current' | 'to-come'; agreement: number | undefined }

export function ProgressTrack({ deliberation }: { deliberation: Deliberation }) {
  return (
    <ol class="track" aria-label={t.value.progress}>
      {stepsOf(deliberation).map(({ key, name, state, agreement }) => (
        <li key={key} class={`step step-${state}`} aria-current={state === 'current' ? 'step' : undefined}>
          <span class="step-name">{name}</span>
          {agreement !== undefined && <span class="step-figure">{t.value.agreementAfter(percent(agreement))}</span>}
        </li>
      ))}
    </ol>
  )
}

function stepsOf({ rounds, synthesis, status }: Deliberation): Step[] {
  const last = rounds.at(-1)
  const isWriting = status === 'processing' && (synthesis !== undefined || last?.completed?.next === 'synthesis')
  const isOver = status !== 'processing'
  const known = rounds.length > 0 ? rounds : [{ round: 0 }]
  const steps = known.map((each, index): Step => {
    const isCurrent = !isOver && !isWriting && index === known.length - 1
    return {
      key: `round ${each.round}`,
      name: stageName(each.round),
      state: isCurrent ? 'current' : 'done',
      agreement: 'agreement' in each ? each.agreement?.agreement : undefined,
    }
  })
  const hasAnswer = status === 'completed'
  const written: Step['state'] = isWriting ? 'current' : hasAnswer ? 'done' : 'to-come'
  return [
    ...steps,
    { key: 'synthesis', name: t.value.stageSynthesis, state: written, agreement: undefined },
    { key: 'answer', name: t.value.stageAnswer, state: hasAnswer ? 'done' : 'to-come', agreement: undefined },
  ]
}
