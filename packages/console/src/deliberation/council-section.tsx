import { t } from '../i18n/messages.ts'
import type { Deliberation } from '../live/deliberation.ts'
import { standings, toneOf } from './standing.ts'
import { TurnEntry } from './turn-entry.tsx'

type Slot = { round: number; purpose: string }

/** One column for each model, its turns from first to last, each beside the others' of the same round. */
export function CouncilSection({
  deliberation,
  emulated,
}: {
  deliberation: Deliberation
  emulated: readonly string[]
}) {
  if (deliberation.models.length === 0) return null
  const all = standings(deliberation.rounds)
  const slots = slotsOf(deliberation)
  return (
    <section class="council" aria-labelledby="council-title">
      <h2 id="council-title">{t.value.councilTitle}</h2>
      <div class="members" style={{ '--slots': slots.length + 1 }}>
        {deliberation.models.map((model) => (
          <Member
            key={model}
            model={model}
            tone={toneOf(all, model)}
            isEmulated={emulated.includes(model)}
            slots={slots}
            deliberation={deliberation}
          />
        ))}
      </div>
    </section>
  )
}

type MemberProps = {
  model: string
  tone: number | undefined
  isEmulated: boolean
  slots: readonly Slot[]
  deliberation: Deliberation
}

function Member({ model, tone, isEmulated, slots, deliberation: { rounds, status } }: MemberProps) {
  return (
    <article class={`member ${tone === undefined ? '' : `tone-${tone}`}`} aria-labelledby={`member-${model}`}>
      <h3 id={`member-${model}`}>
        {model} {isEmulated && <span class="tag">{t.value.sandboxTag}</span>}
      </h3>
      {slots.map(({ round, purpose }) => {
        const turns = rounds.find((each) => each.round === round)?.turns[model] ?? []
        const turn = turns.find((each) => each.purpose === purpose)
        const key = `${round} ${purpose}`
        if (!turn) return <div key={key} class="turn-none" />
        return <TurnEntry key={key} model={model} round={round} turn={turn} isOver={status !== 'processing'} />
      })}
    </article>
  )
}

/** Every kind of turn that any model has had, in order. */
function slotsOf({ rounds }: Deliberation): Slot[] {
  return rounds.flatMap(({ round, turns }) => {
    const purposes = new Set(Object.values(turns).flatMap((each) => each.map(({ purpose }) => purpose)))
    return [...purposes]
      .toSorted((a, b) => Number(a === 'vote') - Number(b === 'vote'))
      .map((purpose) => ({ round, purpose }))
  })
}
