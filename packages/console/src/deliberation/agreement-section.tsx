import { useSignal } from '@preact/signals'
import { percent } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import type { Deliberation } from '../live/deliberation.ts'
import { Claims } from './claims.tsx'
import { Lanes } from './lanes.tsx'
import { claimsOf, firstLanes, lanesOf, standings, type Standing } from './standing.ts'
import { stageName } from './stage-name.ts'

/** Who stands where, after the last round or after any one before it. */
export function AgreementSection({ deliberation }: { deliberation: Deliberation }) {
  const chosen = useSignal<number | undefined>(undefined)
  const all = standings(deliberation.rounds)
  const shown = all.find(({ round }) => round === chosen.value) ?? all.at(-1)
  if (!shown) return deliberation.status === 'processing' ? <FirstAnswers deliberation={deliberation} /> : null
  const isOpen = shown.agreement.positions.length === 0
  return (
    <section class="stand" aria-labelledby="stand-title">
      <div class="section-head">
        <h2 id="stand-title">{isOpen ? t.value.claimsTitle : t.value.standTitle}</h2>
        {all.length > 1 && (
          <RoundSwitch
            all={all}
            shown={shown}
            onChoose={(round) => (chosen.value = round === all.at(-1)?.round ? undefined : round)}
          />
        )}
      </div>
      {shown.agreement.positions.length > 0 && (
        <Lanes
          lanes={lanesOf(all, shown, deliberation.models)}
          others={[{ name: t.value.withoutPosition, models: withoutPosition(deliberation, shown) }]}
          threshold={deliberation.threshold}
        />
      )}
      <ShownClaims deliberation={deliberation} shown={shown} isOpen={isOpen} />
      <p class="quiet stand-needed">{t.value.needed(percent(deliberation.threshold))}</p>
    </section>
  )
}

/** On a closed question a claim is a position, which the lanes show already: only the votes' reasons are new. */
function ShownClaims({
  deliberation,
  shown,
  isOpen,
}: {
  deliberation: Deliberation
  shown: Standing
  isOpen: boolean
}) {
  if (shown.agreement.claims.length === 0) return null
  const claims = <Claims claims={claimsOf(deliberation, shown)} threshold={deliberation.threshold} />
  if (isOpen) return claims
  return (
    <details class="reasons">
      <summary>{t.value.votesAndReasons}</summary>
      {claims}
    </details>
  )
}

/** The picture begins with the first answer, not with the first weighing. */
function FirstAnswers({ deliberation }: { deliberation: Deliberation }) {
  const { lanes, states } = firstLanes(deliberation)
  return (
    <section class="stand" aria-labelledby="stand-title">
      <h2 id="stand-title">{t.value.standTitle}</h2>
      <Lanes
        lanes={lanes}
        others={[
          { name: t.value.hasAnswered, models: states.answered },
          { name: t.value.stillThinking, models: states.thinking },
          { name: t.value.lostOnTheWay, models: states.lost },
        ]}
        threshold={deliberation.threshold}
      />
      <p class="quiet">{t.value.standWaiting}</p>
    </section>
  )
}

function withoutPosition({ models }: Deliberation, { agreement }: Standing): string[] {
  const settled = new Set(agreement.positions.flatMap((each) => each.models))
  return models.filter((model) => !settled.has(model))
}

type RoundSwitchProps = { all: readonly Standing[]; shown: Standing; onChoose: (round: number) => void }

function RoundSwitch({ all, shown, onChoose }: RoundSwitchProps) {
  return (
    <div class="round-switch" role="group" aria-label={t.value.standAfter}>
      {all.map(({ round }) => (
        <button type="button" key={round} aria-pressed={round === shown.round} onClick={() => onChoose(round)}>
          {stageName(round)}
        </button>
      ))}
    </div>
  )
}
