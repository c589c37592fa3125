import { createHash } from 'node:crypto'
import type { EmulatedRequest } from '@concord/testing/emulator-control'
import { z } from 'zod'

const providers: Record<string, string> = { gpt5: 'openai', claude: 'anthropic', gemini: 'gemini', grok: 'xai' }

const StoredTurn = z.object({
  query_id: z.string(),
  model: z.string(),
  purpose: z.string(),
  round: z.int(),
  state: z.string(),
  finished_at: z.date(),
})
export type StoredTurn = z.output<typeof StoredTurn>

export const storedTurnsSql = `select query_id, model, purpose, round, state, finished_at from inference.turns where finished_at is not null`

export function readStoredTurns(rows: readonly unknown[]): StoredTurn[] {
  return rows.map((row) => StoredTurn.parse(row))
}

/** Requests that asked for a turn which had been stored; each question must be one query's alone. */
export function askedAgain(
  turns: readonly StoredTurn[],
  requests: readonly EmulatedRequest[],
  questions: ReadonlyMap<string, string>,
): string[] {
  const ofQuestion = Map.groupBy(requests, ({ question_hash: hash }) => hash)
  const ofQuery = Map.groupBy(turns, ({ query_id: id }) => id)
  return turns.flatMap(({ query_id: id, model, purpose, round, finished_at: storedAt }) => {
    const hash = createHash('sha256')
      .update(questions.get(id) ?? '')
      .digest('base64url')
      .slice(0, 16)
    const later = ofQuery.get(id)?.some((turn) => turn.purpose === purpose && turn.round > round)
    if (later) return []
    return (ofQuestion.get(hash) ?? [])
      .filter((asked) => asked.provider === providers[model] && asked.purpose === purpose)
      .filter(({ at }) => Date.parse(at) > storedAt.getTime())
      .map(({ at }) => `${id}: ${model}’s ${purpose} of round ${round}, stored ${storedAt.toISOString()}, asked ${at}`)
  })
}

/** Requests that were made twice by one process, which nothing but its death excuses; each turn must be asked for once a round. */
export function askedTwiceInOneLife(requests: readonly EmulatedRequest[], killedAt: readonly number[]): string[] {
  const answers = requests.filter(({ purpose }) => purpose !== 'embedding')
  const turns = Map.groupBy(answers, (asked) => `${asked.question_hash} ${asked.provider} ${asked.purpose}`)
  return [...turns].flatMap(([turn, asked]) =>
    asked.flatMap(({ at }, index) => {
      const previous = asked[index - 1]
      if (!previous) return []
      const excused = killedAt.some((moment) => Date.parse(previous.at) <= moment && moment <= Date.parse(at))
      return excused ? [] : [`${turn}: ${previous.at} and ${at}`]
    }),
  )
}
