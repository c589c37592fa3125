import { decide } from './decide.ts'
import { expectedGain } from './expected-gain.ts'
import type { Decision, Deliberation, Panelist, Progress, Step, StopReason } from './model.ts'
import { readingsFor } from './readings.ts'
import { synthesisBrief } from './synthesis-brief.ts'
import { temperatureFor } from './temperature.ts'
import { votePapers } from './vote-papers.ts'

/** What is to be done next. It only says; calling it twice with the same state gives the same step. */
export function nextStep(deliberation: Deliberation, progress: Progress): Step {
  const { stage, waitingFor, overdue } = progress
  if (stage === 'done') return { kind: 'finish' }
  if (waitingFor.length > 0 && !overdue) return { kind: 'wait' }
  if (stage === 'synthesis') return { kind: 'finish' }
  return stage === 'opening'
    ? afterOpening(deliberation, progress)
    : continueFrom(deliberation, decide(deliberation), progress)
}

function afterOpening(deliberation: Deliberation, progress: Progress): Step {
  const { panel, openings, votes } = deliberation
  const decision = decide(deliberation)
  const quorum = Math.min(2, panel.length)
  const wave = nextWave(deliberation, decision, progress)
  if (wave.length > 0 && (progress.roomForMore || progress.asked.length === 0)) return opened(wave)
  if (decision.voters.length < quorum) {
    const detail = `${openings.length} of ${panel.length} models answered; ${quorum} are needed`
    return { kind: 'fail', code: 'insufficient_quorum', detail }
  }
  const papers = votes.length === 0 && progress.roomForMore ? votePapers(deliberation, decision) : []
  return papers.length > 0 ? { kind: 'vote', papers } : continueFrom(deliberation, decision, progress)
}

/**
 * Whose opening is asked for now; nobody's once all were asked or enough is known. Where effort is thrifty, the others come one by one
 * until the answer is plain, those of families not yet heard first; together where there is no time for that, or where the question is
 * open, since every model's claims count there.
 */
function nextWave(deliberation: Deliberation, decision: Decision, { asked, oneByOne }: Progress): readonly Panelist[] {
  const { panel, settings } = deliberation
  const isUnasked = ({ model }: Panelist) => !asked.includes(model)
  const first = firstWave(panel, settings.effort).filter(isUnasked)
  if (first.length > 0) return first
  const unasked = panel.filter(isUnasked)
  if (settings.effort === 'thorough') return unasked
  if (unasked.length === 0 || isPlain(deliberation, decision, unasked)) return []
  if (decision.form === 'open' || !oneByOne) return unasked
  const heard = new Set(panel.filter(({ model }) => asked.includes(model)).map(({ family }) => family))
  const ranked = unasked.toSorted(
    (a, b) => Number(heard.has(a.family)) - Number(heard.has(b.family)) || b.reliability.mean - a.reliability.mean,
  )
  return ranked.slice(0, Math.max(1, 2 - decision.voters.length))
}

function opened(models: readonly Panelist[]): Step {
  return { kind: 'open', models: models.map(({ model }) => model) }
}

function continueFrom(deliberation: Deliberation, decision: Decision, { roomForMore }: Progress): Step {
  const reason = stopReason(deliberation, decision, roomForMore)
  if (reason !== undefined) return { kind: 'synthesise', reason, brief: synthesisBrief(deliberation, decision) }
  const round = decision.round + 1
  const readings = readingsFor(decision, round, deliberation)
  return { kind: 'debate', round, contested: decision.debatable, readings }
}

/** After the opening a strong opposition is heard even where the threshold is met; after a debate the posterior alone decides. */
function stopReason({ settings }: Deliberation, decision: Decision, roomForMore: boolean): StopReason | undefined {
  const { round, debatable, reached, repeats, changes } = decision
  if (debatable.length === 0) return 'settled'
  if (round > 0 && reached) return 'threshold'
  if (round > 0 && changes.every((change) => change.round !== round)) return 'nobody_moved'
  if (repeats) return 'positions_repeat'
  if (round >= settings.debateRounds) return 'last_round'
  return roomForMore ? undefined : 'no_room'
}

/**
 * Who is asked first: all, or, where effort is thrifty, the two most reliable models of different families: if they agree, the others
 * seldom change anything.
 */
export function firstWave<Model extends Omit<Panelist, 'model'>>(
  panel: readonly Model[],
  effort: Deliberation['settings']['effort'],
): readonly Model[] {
  if (effort === 'thorough') return panel
  const ranked = panel.toSorted((a, b) => b.reliability.mean - a.reliability.mean)
  const [first] = ranked
  const second = ranked.find(({ family }) => family !== first?.family)
  return first === undefined || second === undefined ? panel : [first, second]
}

/** As little as this, in the probability of being right, is not worth the calls: one answer in a hundred. */
const worthwhileGain = 0.01

/** All who were heard agree and the threshold is met; or where they differ, hearing the others is not expected to better the answer. */
function isPlain(deliberation: Deliberation, decision: Decision, unasked: readonly Panelist[]): boolean {
  if (decision.form !== 'closed' || decision.voters.length < 2) return false
  if (decision.agreement === 1) return decision.reached
  const { settings } = deliberation
  return expectedGain(decision, unasked, { settings, temperature: temperatureFor(deliberation) }) < worthwhileGain
}
