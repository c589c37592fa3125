import { useLayoutEffect, useRef } from 'preact/hooks'
import { percent } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import { prefersStillness } from '../page/appearance.ts'
import { SupportBar } from '../page/support-bar.tsx'
import type { Lane } from './standing.ts'

type LanesProps = {
  lanes: readonly Lane[]
  /** Who is in no lane, and why. */
  others: readonly { name: string; models: readonly string[] }[]
  threshold: number
}

/** A lane for each position; models travel from one to the other when they change their mind. */
export function Lanes({ lanes, others, threshold }: LanesProps) {
  const list = useRef<HTMLUListElement>(null)
  useTravel(list)
  return (
    <ul class="lanes" ref={list}>
      {lanes.map((lane) => (
        <li key={lane.position} class={`lane tone-${lane.tone} ${lane.models.length === 0 ? 'lane-left' : ''}`}>
          <p class="lane-position" dir="auto">
            {lane.position}
          </p>
          {lane.support !== undefined && (
            <Support position={lane.position} support={lane.support} threshold={threshold} />
          )}
          <Tokens models={lane.models} none={t.value.nobodyHere} />
        </li>
      ))}
      {others
        .filter(({ models }) => models.length > 0)
        .map(({ name, models }) => (
          <li key={`no lane: ${name}`} class="lane lane-other">
            <p class="lane-position">{name}</p>
            <Tokens models={models} none="" />
          </li>
        ))}
    </ul>
  )
}

function Support({ position, support, threshold }: { position: string; support: number; threshold: number }) {
  return (
    <>
      <SupportBar label={t.value.supportOf(position)} share={support} marks={[threshold]} />
      <p class="lane-support" aria-hidden="true">
        {percent(support)}
      </p>
    </>
  )
}

function Tokens({ models, none }: { models: readonly string[]; none: string }) {
  if (models.length === 0) return <p class="tokens quiet">{none}</p>
  return (
    <ul class="tokens">
      {models.map((model) => (
        <li key={model} class="token" data-token={model}>
          {model}
        </li>
      ))}
    </ul>
  )
}

const travelMs = 650

/** Moves each token from where it was to where it is now (first, last, invert, play). */
function useTravel(list: { current: HTMLElement | null }): void {
  const places = useRef(new Map<string, { x: number; y: number }>())
  useLayoutEffect(() => {
    if (!list.current) return
    const now = new Map<string, { x: number; y: number }>()
    for (const token of list.current.querySelectorAll<HTMLElement>('[data-token]')) {
      const name = token.dataset['token'] ?? ''
      const place = { x: token.offsetLeft, y: token.offsetTop }
      const before = places.current.get(name)
      now.set(name, place)
      if (!before || (before.x === place.x && before.y === place.y) || prefersStillness()) continue
      const from = `translate(${before.x - place.x}px, ${before.y - place.y}px)`
      token.animate([{ transform: from }, { transform: 'none' }], {
        duration: travelMs,
        easing: 'cubic-bezier(.3, 0, .1, 1)',
      })
    }
    places.current = now
  })
}
