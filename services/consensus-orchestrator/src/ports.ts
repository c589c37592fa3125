import type { DurableEvent, StoredEvents } from '@concord/contracts/live-events'
import type { Domain } from '@concord/contracts/domains'
import type { PanelModel } from '@concord/contracts/panel'
import type {
  AnswerType,
  Outcome,
  QueryDetail,
  QueryResults,
  QueryStatus,
  Stage,
  TurnRecord,
} from '@concord/contracts/queries'
import type { TurnOutput, TurnPrompt, TurnPurpose } from '@concord/contracts/turns'
import type { Answer, IdempotentAnswer } from '@concord/service-kit/idempotency'
import type { Anchor, AnchorSettings, AnchorTransaction } from './anchors/ports.ts'
import type { Reliability } from './decision/model.ts'
import type { FittedSettings, LearnedCache, LearningTransaction, PastBallots, Source } from './learning/ports.ts'

export type QuerySettings = QueryDetail['settings'] & { answer_type: AnswerType | 'auto' }
/** Choices are personal content and travel with the question. */
export type PlainSettings = Omit<QuerySettings, 'choices'>

/** A model of a query's panel, as it was when the query was asked. */
export type PanelEntry = {
  name: string
  family: string
  /** The model behind the name; absent where it was asked before that was kept. */
  providerModel?: string
  sandbox: boolean
  inputUsdPerMillionTokens: number
  outputUsdPerMillionTokens: number
  maxOutputTokens: number
  reliability: Reliability
}

/** A turn that is out, and the last attempt at it that was seen to start; 0 before the first. */
export type Waiting = { id: string; model: string; attempt: number }

export type Usage = { inputTokens: number; outputTokens: number; costUsd: number }

export type Query = Usage & {
  id: string
  owner: string
  day: string
  question: string
  settings: QuerySettings
  /** What it is about, and what had been fitted when it was asked. */
  domain: Domain
  fitted: FittedSettings
  panel: readonly PanelEntry[]
  status: QueryStatus
  stage: Stage
  round: number
  seq: number
  waiting: readonly Waiting[]
  createdAt: Date
  deadlineAt: Date
  stageDeadlineAt: Date | null
  stageStartedAt: Date
  completedAt: Date | null
  degraded: boolean
  sandbox: boolean
  answerType: AnswerType | null
  outcome: Outcome | null
  confidence: number | null
  answer: string | null
}

export type Turn = Usage & {
  id: string
  round: number
  model: string
  purpose: TurnPurpose
  /** `requested` as long as it is out. */
  status: Exclude<TurnRecord['status'], 'running'>
  requestedAt: Date
  completedAt: Date | null
  latencyMs: number | null
  sandbox: boolean
  /** The model has had its last word on it, in time or not. */
  settled: boolean
  failureReason: string | null
}

/** A turn with what its model handed in, or what went wrong. */
export type ReadTurn = Turn & { output: TurnOutput | null; failureDetail: string | null }

type DistributiveOmit<Union, Key extends PropertyKey> = Union extends unknown ? Omit<Union, Key> : never
/** An event before it has its number. */
export type EventBody = DistributiveOmit<DurableEvent, 'query_id' | 'seq' | 'at'>

export type NewTurn = Pick<Turn, 'id' | 'round' | 'model' | 'purpose'> & { prompt: TurnPrompt }

/** What happened to a turn that was out. */
export type TurnChange = Partial<Omit<ReadTurn, 'id' | 'round' | 'model' | 'purpose' | 'requestedAt'>>

/** Everything one step of a query writes. The messages that leave with it follow from it. */
export type Changes = {
  query: Partial<
    Omit<Query, 'id' | 'owner' | 'day' | 'question' | 'settings' | 'domain' | 'fitted' | 'panel' | 'createdAt' | 'seq'>
  >
  turn?: { id: string; change: TurnChange }
  /** Turns that nobody waits for any more; their models are stopped. */
  dropped?: { ids: readonly string[]; status: 'failed' | 'cancelled'; failureReason: string }
  newTurns: readonly NewTurn[]
  events: readonly EventBody[]
  /** What is kept of a closed question to learn from. */
  ballots?: PastBallots
}

type Claim = { id: string; handler: string }

/** What one transaction may do. Events that it saved are published after its commit. */
export type Transaction = LearningTransaction &
  AnchorTransaction & {
    /** The day's count with one more query in it, or undefined where that is over the limit; then nothing is counted. */
    countQuery(owner: string, day: string, limit: number | null): Promise<number | undefined>
    /** Stores the query with its first event, and announces it. */
    insertQuery(query: Query, started: EventBody): Promise<void>
    /** Locks the query, so that its steps follow one another. With `message`: undefined also where that was handled before. */
    lockQuery(id: string, message?: Claim): Promise<Query | undefined>
    /** Locks the query if its stage is overdue and nobody else is at it. */
    lockOverdue(id: string, now: Date): Promise<Query | undefined>
    turns(queryId: string): Promise<Turn[]>
    readTurns(query: Pick<Query, 'id' | 'owner'>): Promise<ReadTurn[]>
    save(query: Query, changes: Changes, now: Date): Promise<void>
    /** Removes an ended query with all that belongs to it. */
    deleteQuery(id: string): Promise<void>
    /** Destroys the owner's key and removes all that is theirs. */
    eraseOwner(owner: string, message: Claim): Promise<void>
    answerOnce(
      request: { scope: string; key: string; body: unknown },
      effect: () => Promise<Answer>,
    ): Promise<IdempotentAnswer>
  }

export type InTransaction = <Result>(work: (tx: Transaction) => Promise<Result>) => Promise<Result>

/** Reads outside any transaction; whatever is not the owner's is not found. */
export type QueryReader = {
  /** `results` is the final event's data, undefined while the query is running; `feedback` is what the owner said of the answer. */
  find(id: string, owner: string): Promise<FoundQuery | undefined>
  readTurns(query: Pick<Query, 'id' | 'owner'>): Promise<ReadTurn[]>
  /** Newest first, those before the id `before`. */
  list(owner: string, page: { limit: number; before: string | undefined }): Promise<Query[]>
  /** At most `limit` events after the number `after`, of whomever the query is. */
  events(id: string, after: number, limit: number): Promise<StoredEvents | undefined>
  overdue(now: Date, limit: number): Promise<string[]>
  running(): Promise<number>
  stats(owner: string, day: string): Promise<Stats>
}

export type FoundQuery = { query: Query; results: QueryResults | undefined; feedback: { correct: boolean } | null }

export type Stats = {
  queriesToday: number
  tokensToday: number
  totalQueries: number
  averageConfidence: number | null
}

/** The models there are. Throws an AppError ('unavailable', 'upstream-timeout') where ai-inference does not answer. */
export type Panel = () => Promise<readonly PanelModel[]>

export type Measures = {
  /** Called once for each query that ended. */
  ended(query: { status: QueryStatus; outcome: string; confidence: number | null }): void
  stage(stage: Stage, seconds: number): void
  dailyLimitRefused(plan: string): void
  graded(source: Source, answers: number): void
  anchorEnded(turn: { status: 'graded' | 'lost'; costUsd: number }): void
}

/** When any replica last looked for overdue stages; undefined where nobody knows. Best effort: neither call rejects. */
export type LastSweep = {
  at(): Promise<Date | undefined>
  note(now: Date): Promise<void>
}

export type Deps = {
  inTransaction: InTransaction
  reader: QueryReader
  panel: Panel
  learned: LearnedCache
  anchors: readonly Anchor[]
  measures: Measures
  now: () => Date
  newId: <const Prefix extends 'qry' | 'trn' | 'anc'>(prefix: Prefix) => `${Prefix}_${string}`
  /** Hexadecimal, fresh and not to be guessed: marks the bounds of untrusted text in a prompt. */
  newToken: () => string
  settings: {
    publicUrl: string
    turnDeadlineMs: number
    /** How many of a user's feedbacks count in a day. */
    feedbackPerDay: number
    anchors: AnchorSettings
  }
}
