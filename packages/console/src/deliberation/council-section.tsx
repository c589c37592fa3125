import { t } from '../i18n/messages.ts'
import type { Deliberation } from '../live/deliberation.ts'
import type { Turn } from '../live/rounds.ts'
import { standings, toneOf } from './standing.ts'
import { TurnEntry } from './turn-entry.tsx'

/** One column for each model, its turns from first to last. */
export function CouncilSection({ deliberation }: { deliberation: Deliberation }) {
  if (deliberation.models.length === 0) return null
  const all = standings(deliberation.rounds)
  return (
    <section class="council" aria-labelledby="council-title">
      <h2 id="council-title">{t.value.councilTitle}</h2>
      <div class="members">
        {deliberation.models.map((model) => (
          <Member key={model} model={model} tone={toneOf(all, model)} deliberation={deliberation} />
        ))}
      </div>
    </section>
  )
}

type MemberProps = { model: string; tone: number | undefined; deliberation: Deliberation }

function Member({ model, tone, deliberation }: MemberProps) {
  const turns = deliberation.rounds.flatMap(({ round, turns: byModel }) =>
    (byModel[model] ?? []).map((turn) => ({ round, turn })),
  )
  const isEmulated = emulatedModels(deliberation).includes(model)
  return (
    <article class={`member ${tone === undefined ? '' : `tone-${tone}`}`} aria-labelledby={`member-${model}`}>
      <h3 id={`member-${model}`}>
        {model} {isEmulated && <span class="tag">{t.value.sandboxTag}</span>}
      </h3>
      {turns.length === 0 && <p class="quiet">{t.value.turnWaiting}</p>}
      {turns.map(({ round, turn }) => (
        <TurnEntry
          key={`${round} ${turn.purpose}`}
          model={model}
          round={round}
          turn={turn}
          isOver={deliberation.status !== 'processing'}
        />
      ))}
    </article>
  )
}

/** The models whose answers came from an emulator, from what is known so far. */
export function emulatedModels({ models, rounds, results }: Deliberation): string[] {
  const fromResults = results ? results.individual_responses : {}
  const isSandboxed = (turn: Turn) => turn.sandbox
  return models.filter(
    (model) =>
      fromResults[model]?.sandbox === true || rounds.some(({ turns }) => (turns[model] ?? []).some(isSandboxed)),
  )
}
