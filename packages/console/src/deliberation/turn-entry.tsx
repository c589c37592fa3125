import { duration, percent } from '../i18n/format.ts'
import { t } from '../i18n/messages.ts'
import type { Turn } from '../live/rounds.ts'
import { readTurnOutput, type TurnOutput } from '../live/turn-output.ts'
import { Clamped } from '../page/clamped.tsx'
import { Prose } from '../page/prose.tsx'
import { lossText } from './loss-text.ts'

type TurnEntryProps = { model: string; round: number; turn: Turn; isOver: boolean }

export function TurnEntry({ model, round, turn, isOver }: TurnEntryProps) {
  const output = readTurnOutput(turn.output)
  const name = turnName(turn.purpose, round)
  return (
    <section class={`turn turn-${turn.status}`} aria-label={`${model}, ${name}`}>
      <p class="turn-head">
        <span class="turn-name">{name}</span> <span class="turn-state">{stateText(turn, isOver)}</span>
      </p>
      {turn.failure && turn.status === 'failed' ? (
        <p class="turn-failure">
          {lossText(turn.failure.reason)} <span class="quiet">{turn.failure.detail}</span>
        </p>
      ) : (
        <TurnBody model={model} name={name} turn={turn} output={output} />
      )}
    </section>
  )
}

type TurnBodyProps = { model: string; name: string; turn: Turn; output: TurnOutput }

function TurnBody({ model, name, turn, output }: TurnBodyProps) {
  const answer = turn.answer ?? output.final
  const isWriting = turn.status === 'thinking' && turn.text !== ''
  // What is said of each claim stands with the claim.
  const isTold = turn.purpose === 'vote' && output.votes.length > 0
  const text = isTold
    ? ''
    : (output.reason ?? (output.reasoning.length > 0 ? output.reasoning.join('\n\n') : turn.text))
  return (
    <>
      {turn.stance && (
        <p class={`stance stance-${turn.stance}`}>
          {turn.stance === 'change' ? t.value.stanceChange : t.value.stanceKeep}
        </p>
      )}
      {answer && !isLong(answer) && (
        <p class="turn-answer" dir="auto">
          <span class="only-heard">{t.value.answerIs}</span>
          {answer}
        </p>
      )}
      {turn.confidence !== null && turn.purpose !== 'vote' && (
        <p class="quiet">{t.value.statedConfidence(percent(turn.confidence))}</p>
      )}
      {output.errorQuoted && (
        <figure class="quoted">
          <figcaption>{t.value.errorFound}</figcaption>
          <blockquote dir="auto">{output.errorQuoted}</blockquote>
        </figure>
      )}
      <Tally output={output} />
      {isWriting ? (
        <div class="streaming" aria-hidden="true">
          <Prose text={text} />
        </div>
      ) : (
        (text || isLong(answer)) && (
          <Clamped what={`${model}, ${name}`}>
            {isLong(answer) && <Prose text={answer ?? ''} />}
            <Prose text={text} />
          </Clamped>
        )
      )}
    </>
  )
}

/** A long answer is read as text, not set as a headline. */
function isLong(answer: string | null | undefined): boolean {
  return (answer ?? '').length > 90
}

function Tally({ output: { votes, claims } }: { output: TurnOutput }) {
  if (votes.length === 0) return claims.length === 0 ? null : <p class="quiet">{t.value.claimsMade(claims.length)}</p>
  const cast = (kind: string) => votes.filter(({ vote }) => vote === kind).length
  return <p class="quiet">{t.value.voteTally(cast('agree'), cast('disagree'), cast('abstain'))}</p>
}

function turnName(purpose: string, round: number): string {
  if (purpose === 'opening') return t.value.turnOpening
  return purpose === 'vote' ? t.value.turnVote : t.value.turnDebate(round)
}

function stateText(turn: Turn, isOver: boolean): string {
  const retried = turn.attempt > 1 && turn.status === 'thinking' ? ` (${t.value.turnRetried(turn.attempt)})` : ''
  switch (turn.status) {
    case 'waiting':
      return isOver ? t.value.turnCancelled : t.value.turnWaiting
    case 'thinking':
      if (isOver) return t.value.turnCancelled
      return (turn.text === '' ? t.value.turnThinking : t.value.turnAnswering) + retried
    case 'answered':
      return turn.latencyMs === null ? '' : t.value.turnAnswered(duration(turn.latencyMs, { tenths: true }))
    case 'late':
      return t.value.turnLate
    case 'failed':
      return t.value.turnFailed
    case 'cancelled':
      return t.value.turnCancelled
  }
}
