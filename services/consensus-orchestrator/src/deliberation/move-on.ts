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
import { allowanceAlone, nextWave, stageAllowances } from './budget.ts'
import { hasTimeForCall, hasTimeForEach, hasTimeForRound, stageDeadline } from './limits.ts'
import { toDeliberation } from './to-deliberation.ts'

/**
 * Goes as far as the ballots allow: opens the next stage, or ends the query. Call it when nothing of the stage is out, or the stage is
 * overdue and what was out has been dropped. Pure but for the fresh ids and tokens of the draft's tools.
 */
export function moveOn(draft: Draft): void {
  const deliberation = toDeliberation(draft.query, draft.turns)
  if (draft.query.stage === 'synthesis') return write(draft)
  const wanted = nextStep(deliberation, progressOf(draft, true))
  apply(draft, hasRoomFor(draft, wanted) ? wanted : nextStep(deliberation, progressOf(draft, false)))
}

/** Whether the query's deadline and its bound on cost allow a step that asks models; the writer looks for itself. */
function hasRoomFor({ query, turns, now }: Draft, step: Step): boolean {
  switch (step.kind) {
    case 'open':
      return turns.length === 0 || (hasTimeForCall(query, now) && nextWave(query, turns, step.models).length > 0)
    case 'vote':
    case 'debate':
      return hasTimeForRound(query, now) && allowancesOf(query, turns, step) !== undefined
    case 'wait':
    case 'fail':
    case 'synthesise':
    case 'finish':
      return true
  }
}

function allowancesOf(query: Draft['query'], turns: Draft['turns'], step: Extract<Step, { kind: 'vote' | 'debate' }>) {
  return step.kind === 'vote'
    ? stageAllowances(
        query,
        turns,
        'agreement',
        step.papers.map(({ model }) => model),
      )
    : stageAllowances(
        query,
        turns,
        'debate',
        step.readings.map(({ model }) => model),
      )
}

function progressOf({ query, turns, now }: Draft, roomForMore: boolean): Progress {
  const openings = turns.filter(({ purpose }) => purpose === 'opening')
  return {
    stage: query.stage,
    asked: openings.map(({ model }) => model),
    waitingFor: query.waiting.map(({ model }) => model),
    overdue: true,
    roomForMore,
    oneByOne: hasTimeForEach(query, openings, now),
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
  const wave = nextWave(query, turns, models)
  if (wave.length === 0) return fail(draft, 'insufficient_quorum', 'the bound on cost leaves no room for an answer')
  if (turns.length === 0) {
    const first = wave.map(({ model }) => model)
    tell(draft, { type: 'round_started', data: { round: 0, stage: 'opening', models: first, contested: [] } })
  }
  const asks = wave.map((allowance) => ({ ...allowance, prompt: openingPrompt(asked(draft)) }))
  ask(draft, 'opening', stageDeadline(query, 'opening', now, tools.settings.turnDeadlineMs), asks)
}

function vote(draft: Draft, step: Extract<Step, { kind: 'vote' }>): void {
  const { query, turns, now, tools } = draft
  const allowances = allowancesOf(query, turns, step)
  const asks = step.papers.map(({ model, claims }) => ({
    model,
    prompt: votePrompt(asked(draft), claims),
    maxCostUsd: allowanceIn(allowances, model),
  }))
  ask(draft, 'agreement', stageDeadline(query, 'agreement', now, tools.settings.turnDeadlineMs), asks)
}

function debate(draft: Draft, step: Extract<Step, { kind: 'debate' }>): void {
  const { round, contested, readings } = step
  const allowances = allowancesOf(draft.query, draft.turns, step)
  measure(draft, 'debate', 'contested')
  setQuery(draft, { round })
  if (readings.length === 0) return moveOn(draft)
  const models = readings.map(({ model }) => model)
  tell(draft, { type: 'round_started', data: { round, stage: 'debate', models, contested: [...contested] } })
  const asks = readings.map(({ model, topics }) => ({
    model,
    prompt: debatePrompt(asked(draft), topics),
    maxCostUsd: allowanceIn(allowances, model),
  }))
  const { query, now, tools } = draft
  ask(draft, 'debate', stageDeadline(query, 'debate', now, tools.settings.turnDeadlineMs), asks)
}

function allowanceIn(allowances: ReturnType<typeof allowancesOf>, model: string): number | undefined {
  return allowances?.find((allowance) => allowance.model === model)?.maxCostUsd
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

  const [writer] = brief.writers
    .filter((name) => tried.every((turn) => turn.model !== name))
    .flatMap((name) => allowanceAlone(query, turns, 'synthesis', name) ?? [])
  if (writer === undefined || !hasTimeForCall(query, now)) return complete(draft, null)
  const deadline = stageDeadline(query, 'synthesis', now, tools.settings.turnDeadlineMs)
  ask(draft, 'synthesis', deadline, [{ ...writer, prompt: synthesisPrompt(asked(draft), brief) }])
}

function asked({ query, tools }: Draft): Asked {
  return { question: query.question, settings: query.settings, token: tools.newToken() }
}
