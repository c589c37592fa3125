import { checkSentences } from '../decision/check-sentences.ts'
import { decide } from '../decision/decide.ts'
import { measured } from '../decision/measured.ts'
import type { Progress, Step } from '../decision/model.ts'
import { nextStep } from '../decision/next-step.ts'
import { synthesisBrief } from '../decision/synthesis-brief.ts'
import { debatePrompt } from '../prompts/debate.ts'
import type { Asked } from '../prompts/material.ts'
import { openingPrompt } from '../prompts/opening.ts'
import { synthesisPrompt } from '../prompts/synthesis.ts'
import { votePrompt } from '../prompts/vote.ts'
import type { Draft } from './draft.ts'
import { ask, setQuery, tell } from './draft.ts'
import { complete, fail } from './end.ts'
import { canPayWriter, hasRoomForRound, hasTimeForCall, stageDeadline } from './limits.ts'
import { toDeliberation } from './to-deliberation.ts'

/**
 * Goes as far as the ballots allow: opens the next stage, or ends the query. Call it when nothing of the stage is out, or the stage is
 * overdue and what was out has been dropped. Pure but for the fresh ids and tokens of the draft's tools.
 */
export function moveOn(draft: Draft): void {
  const deliberation = toDeliberation(draft.query, draft.turns)
  if (draft.query.stage === 'synthesis') return write(draft)
  apply(draft, nextStep(deliberation, progressOf(draft)))
}

function progressOf({ query, turns, now }: Draft): Progress {
  return {
    stage: query.stage,
    asked: turns.filter(({ purpose }) => purpose === 'opening').map(({ model }) => model),
    waitingFor: query.waiting.map(({ model }) => model),
    overdue: true,
    roomForMore: hasRoomForRound(query, turns, now),
  }
}

function apply(draft: Draft, step: Step): void {
  switch (step.kind) {
    case 'wait':
      return
    case 'fail':
      return fail(draft, step.code, step.detail)
    case 'open':
      return open(draft, step.models)
    case 'vote':
      return vote(draft, step)
    case 'debate':
      return debate(draft, step)
    case 'synthesise':
      measure(draft, 'synthesis', step.reason)
      setQuery(draft, { stage: 'synthesis' })
      return write(draft)
    case 'finish':
      return complete(draft, null)
  }
}

function open(draft: Draft, models: readonly string[]): void {
  const { query, turns, now, tools } = draft
  if (!hasTimeForCall(query, now))
    return fail(draft, 'insufficient_quorum', 'the deadline passed before enough models had answered')
  if (turns.length === 0)
    tell(draft, { type: 'round_started', data: { round: 0, stage: 'opening', models: [...models], contested: [] } })
  const asks = models.map((model) => ({ model, prompt: openingPrompt(asked(draft)) }))
  ask(draft, 'opening', stageDeadline(query, 'opening', now, tools.settings.turnDeadlineMs), asks)
}

function vote(draft: Draft, { papers }: Extract<Step, { kind: 'vote' }>): void {
  const { query, now, tools } = draft
  const asks = papers.map(({ model, claims }) => ({ model, prompt: votePrompt(asked(draft), claims) }))
  ask(draft, 'agreement', stageDeadline(query, 'agreement', now, tools.settings.turnDeadlineMs), asks)
}

function debate(draft: Draft, { round, contested, readings }: Extract<Step, { kind: 'debate' }>): void {
  measure(draft, 'debate', 'contested')
  setQuery(draft, { round })
  if (readings.length === 0) return moveOn(draft)
  const models = readings.map(({ model }) => model)
  tell(draft, { type: 'round_started', data: { round, stage: 'debate', models, contested: [...contested] } })
  const asks = readings.map(({ model, topics }) => ({ model, prompt: debatePrompt(asked(draft), topics) }))
  const { query, now, tools } = draft
  ask(draft, 'debate', stageDeadline(query, 'debate', now, tools.settings.turnDeadlineMs), asks)
}

function measure(draft: Draft, next: 'debate' | 'synthesis', reason: string): void {
  const { query, turns } = draft
  const decision = decide(toDeliberation(query, turns))
  tell(
    draft,
    { type: 'agreement_measured', data: measured(decision) },
    { type: 'round_completed', data: { round: query.round, next, reason } },
  )
}

/** Asks one writer after the other; where none is left, the summary is drawn from the claims themselves. */
function write(draft: Draft): void {
  const { query, turns, now, tools } = draft
  const deliberation = toDeliberation(query, turns)
  const brief = synthesisBrief(deliberation, decide(deliberation))
  const tried = turns.filter(({ purpose }) => purpose === 'synthesis')
  const written = tried.find(
    ({ status, output }) => status === 'ok' && output && checkSentences(output.text, brief).sufficient,
  )
  if (written) return complete(draft, written.output?.text ?? null)

  const model = brief.writers.find((name) => tried.every((turn) => turn.model !== name))
  if (model === undefined || !hasTimeForCall(query, now) || !canPayWriter(query, turns)) return complete(draft, null)
  const deadline = stageDeadline(query, 'synthesis', now, tools.settings.turnDeadlineMs)
  ask(draft, 'synthesis', deadline, [{ model, prompt: synthesisPrompt(asked(draft), brief) }])
}

function asked({ query, tools }: Draft): Asked {
  return { question: query.question, settings: query.settings, token: tools.newToken() }
}
