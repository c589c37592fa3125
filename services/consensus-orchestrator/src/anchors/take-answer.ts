import type { TurnOutput } from '@concord/contracts/turns'
import type { Completed, Failed } from '../deliberation/turn-events.ts'
import { learnGrades } from '../learning/learn-grades.ts'
import type { Deps } from '../ports.ts'
import { utcDay } from '../submission/day.ts'
import { gradeAnchor } from './grade-anchor.ts'
import type { AnchorResult } from './ports.ts'

type Message = { id: string; handler: string }
type TakeDeps = Pick<Deps, 'anchors' | 'inTransaction' | 'now' | 'measures' | 'learned'>

/** Whether a turn was asked for as an anchor and not for a query. */
export function isAnchorTurn({ query_id: id }: { query_id: string }): boolean {
  return id.startsWith('anc_')
}

/** Grades the answer, once, together with what follows from it. A late one is graded too: it was given blind all the same. */
export async function anchorWasAnswered(
  deps: TakeDeps,
  message: Message,
  event: Completed,
  output: TurnOutput | undefined,
): Promise<void> {
  const ended = await deps.inTransaction(async (tx): Promise<AnchorResult | undefined> => {
    const turn = await tx.lockAnchorTurn(event.query_id, message)
    if (turn === undefined || turn.status === 'graded' || turn.turnId !== event.turn_id) return undefined
    const anchor = deps.anchors.find(({ id }) => id === turn.anchorId)
    const { sandbox, cost_usd: costUsd } = event
    const graded = anchor === undefined ? undefined : gradeAnchor(anchor, output)
    if (graded === undefined) {
      const result: AnchorResult = { status: 'lost', sandbox, costUsd, right: null, answer: null, confidence: null }
      await tx.saveAnchorResult(turn.id, result)
      return result
    }
    const result: AnchorResult = { status: 'graded', sandbox, costUsd, ...graded }
    await tx.saveAnchorResult(turn.id, result)
    const { right, confidence } = graded
    const { model, providerModel, domain } = turn
    const counts = { right: right === true ? 1 : 0, wrong: right === false ? 1 : 0, abstained: right === null ? 1 : 0 }
    const line = { model, providerModel, sandbox, domain, source: 'anchor' as const, confidence, ...counts }
    await learnGrades(tx, [line], utcDay(deps.now()))
    return result
  })
  note(deps, ended)
}

export async function anchorHasFailed(deps: TakeDeps, message: Message, event: Failed): Promise<void> {
  const ended = await deps.inTransaction(async (tx): Promise<AnchorResult | undefined> => {
    const turn = await tx.lockAnchorTurn(event.query_id, message)
    if (turn === undefined || turn.status === 'graded' || turn.turnId !== event.turn_id) return undefined
    const { sandbox, cost_usd: costUsd } = event
    const result: AnchorResult = { status: 'lost', sandbox, costUsd, right: null, answer: null, confidence: null }
    await tx.saveAnchorResult(turn.id, result)
    return result
  })
  note(deps, ended)
}

function note({ measures, learned }: TakeDeps, ended: AnchorResult | undefined): void {
  if (ended === undefined) return
  measures.anchorEnded(ended)
  if (ended.status === 'lost') return
  measures.graded('anchor', 1)
  learned.forget()
}
