import { measureClosed } from './agreement-closed.ts'
import { measureOpen } from './agreement-open.ts'
import { answerForm } from './answer-form.ts'
import { compareText } from './compare.ts'
import { debateClosed, openingStands } from './debate-closed.ts'
import { debateOpen, votedStands } from './debate-open.ts'
import { gatherDocket } from './docket.ts'
import type { ChangeOfMind, ClosedDecision, Decision, Deliberation, OpenDecision, Panelist, Stand } from './model.ts'
import { languageOf } from './language.ts'
import { phrases } from './phrases.ts'
import { readingsFor } from './readings.ts'
import { temperatureFor } from './temperature.ts'

const known = new WeakMap<Deliberation, Decision>()

/**
 * Where the panel stands after all ballots, found by going through the rounds in their order. A deliberation is never changed, so it is
 * decided once, however many steps ask.
 */
export function decide(deliberation: Deliberation): Decision {
  const decision = known.get(deliberation) ?? decideAnew(deliberation)
  known.set(deliberation, decision)
  return decision
}

function decideAnew(deliberation: Deliberation): Decision {
  const voters = votersOf(deliberation)
  const form = answerForm(deliberation.settings, deliberation.openings)
  return form === 'open' ? decideOpen(deliberation, voters) : decideClosed(deliberation, voters, form)
}

/** The panel's models whose opening counts, sorted by name. */
function votersOf({ panel, openings }: Deliberation): Panelist[] {
  const answered = new Set(openings.map(({ model }) => model))
  return panel.filter(({ model }) => answered.has(model)).toSorted((a, b) => compareText(a.model, b.model))
}

function decideClosed(
  deliberation: Deliberation,
  voters: readonly Panelist[],
  answerType: ClosedDecision['answerType'],
): ClosedDecision {
  const { settings, openings, debates, roundsHeld } = deliberation
  const context = { ...settings, answerType: settings.asWritten === true ? ('auto' as const) : answerType }
  let held = openingStands(voters, openings, context)
  let changes: ChangeOfMind[] = []
  const before = new Set<string>()
  const pooled = { ...settings, temperature: temperatureFor(deliberation) }
  const measure = (round: number): ClosedDecision => {
    const measured = measureClosed(held, pooled, answerType)
    const repeats = remember(before, [measured.stands])
    return { form: 'closed', answerType, round, voters, changes, repeats, ...measured }
  }
  let decision = measure(0)
  for (let round = 1; round <= roundsHeld; round++) {
    const replies = debates.filter((ballot) => ballot.round === round)
    const debated = debateClosed(held, decision, readingsFor(decision, round, deliberation), replies, context)
    held = debated.stands
    changes = [...changes, ...debated.changes]
    decision = measure(round)
  }
  return decision
}

function decideOpen(deliberation: Deliberation, voters: readonly Panelist[]): OpenDecision {
  const { settings, openings, votes, debates, roundsHeld } = deliberation
  const { answerIs } = phrases[languageOf(settings, deliberation.question)]
  const docket = gatherDocket(openings, answerIs)
  let stands = votedStands(docket, voters, openings, votes)
  let changes: ChangeOfMind[] = []
  const before = new Set<string>()
  const measure = (round: number): OpenDecision => {
    const measured = measureOpen(docket, stands, voters, settings)
    const repeats = remember(
      before,
      measured.claims.map((claim) => claim.stands),
    )
    return { form: 'open', answerType: 'open', round, voters, changes, repeats, ...measured }
  }
  let decision = measure(0)
  for (let round = 1; round <= roundsHeld; round++) {
    const replies = debates.filter((ballot) => ballot.round === round)
    const debated = debateOpen(stands, readingsFor(decision, round, deliberation), replies)
    stands = debated.stands
    changes = [...changes, ...debated.changes]
    decision = measure(round)
  }
  return decision
}

/** Whether these stands have been seen before; now they have. */
function remember(before: Set<string>, matters: readonly (readonly Stand[])[]): boolean {
  const stands = JSON.stringify(matters.map((list) => list.map(({ latest }) => latest ?? null)))
  const seen = before.has(stands)
  before.add(stands)
  return seen
}
