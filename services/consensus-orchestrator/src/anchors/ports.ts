import type { Domain } from '@concord/contracts/domains'
import type { TurnPrompt } from '@concord/contracts/turns'
import type { ModelKey } from '../learning/ports.ts'
import type { AnchorQuestion } from './anchor-questions.ts'

export type Anchor = AnchorQuestion & { domain: Domain }

/** An anchor that was asked of a model. `costUsd` is the most it can cost until it has ended. */
export type AnchorTurn = ModelKey & {
  /** `anc_…`, where a query's id would stand. */
  id: string
  turnId: string
  anchorId: string
  domain: Domain
  status: 'asked' | 'graded' | 'lost'
  askedAt: Date
  deadlineAt: Date
  costUsd: number
}

export type AskedAnchor = ModelKey & Pick<AnchorTurn, 'anchorId' | 'domain' | 'status' | 'askedAt'>

/** `answer` tells equal answers from others and nothing else; null where none was given. */
export type AnchorResult = {
  status: 'graded' | 'lost'
  sandbox: boolean
  costUsd: number
  right: boolean | null
  answer: string | null
  confidence: number | null
}

/** One model's answer to one anchor. */
export type AnchorAnswer = ModelKey & {
  anchorId: string
  domain: Domain
  right: boolean | null
  answer: string | null
  confidence: number | null
}

export type AnchorSettings = {
  /** Questions a day for each model; 0 asks none. */
  perDay: number
  usdPerDay: number
  /** Whether emulated models are asked too. */
  sandbox: boolean
}

export type AnchorTransaction = {
  anchorTurnsSince(since: Date): Promise<AnchorTurn[]>
  /** Which anchors each model was asked since then, and when last. */
  askedAnchors(since: Date): Promise<AskedAnchor[]>
  /** Stores them, and asks their models. */
  askAnchors(turns: readonly (AnchorTurn & { prompt: TurnPrompt })[]): Promise<void>
  /** Locks it; undefined where there is none, or the message was handled before. */
  lockAnchorTurn(id: string, message: { id: string; handler: string }): Promise<AnchorTurn | undefined>
  saveAnchorResult(id: string, result: AnchorResult): Promise<void>
  /** Gives up those whose deadline was before `before`; how many. */
  loseAnchorTurns(before: Date): Promise<number>
  /** Graded ones, oldest first. */
  anchorAnswers(since: Date): Promise<AnchorAnswer[]>
}
