import type { AnswerType, Consensus, Stage } from '@concord/contracts/queries'
import type { DebateReply, OpeningAnswer, Votes } from '@concord/contracts/turns'
import type { ClaimVector } from './claim-vectors.ts'

/** What is known of a model's track record in the question's domain. */
export type Reliability = {
  /** Probability of being right when nothing else is known: the mean of its Beta distribution. */
  mean: number
  gradedItems: number
  /** Fitted on graded items; p = sigmoid(a · logit(stated confidence) + b). Absent until there are enough of them. */
  platt?: { a: number; b: number }
}

export type Panelist = {
  model: string
  /** The vendor, from `family(name)` or the catalogue. Siblings share one weight budget. */
  family: string
  reliability: Reliability
}

export type Settings = {
  answerType: AnswerType | 'auto'
  choices: readonly string[] | null
  /** `auto` or a language tag. It decides how numbers are read and which language the fixed phrases have. */
  language: string
  threshold: number
  debateRounds: number
  effort: 'thorough' | 'thrifty'
  /** The answer of a closed question is a text, a literal or a date: finals are read as they stand, no number is picked out of them. */
  asWritten?: boolean
  /** T of the softmax; 1 until it has been fitted. */
  temperature?: number
  /** How far siblings err apart: 0 (until it has been fitted) gives a family one budget, 1 counts each of them in full. */
  siblingIndependence?: number
  /** Probability that two wrong answers are the same one; 1 / (K − 1) until it has been measured. */
  coincidence?: number
  /**
   * What the weight of each family is worth in the company of the others of this very panel, which may err with it: its weight times this,
   * 1 until it has been fitted.
   */
  influence?: Readonly<Record<string, number>>
  /** What a posterior has turned out to be worth. Rising in both; empty or absent, a posterior is taken at its word. */
  confidenceCurve?: readonly CurvePoint[]
}

export type CurvePoint = { posterior: number; confidence: number }

/** `confidence` is null where a recorded answer came without one; a panel that is asked always states it. */
export type Opening = {
  model: string
  answer: Omit<OpeningAnswer, 'confidence'> & { confidence: number | null }
  /** Of the answer's claims, in their order; absent where they were not embedded. */
  claimVectors?: readonly (ClaimVector | undefined)[]
}
export type VoteBallot = { model: string; votes: Votes['votes'] }
export type DebateBallot = { model: string; round: number; reply: DebateReply }

/**
 * Everything a decision is made from. Hand in the ballots that counted: not those of lost turns, nor those that came after their
 * stage was decided. The order of the lists never matters, and the same deliberation always gives the same decision, so nothing
 * of what is derived from it has to be stored.
 */
export type Deliberation = {
  /** Decides the shuffles; the query's id. */
  seed: string
  question: string
  settings: Settings
  /** All models asked, lost ones included, in the order asked for. */
  panel: readonly Panelist[]
  openings: readonly Opening[]
  votes: readonly VoteBallot[]
  debates: readonly DebateBallot[]
  /** Rounds of debate that have been asked for and are over, even where no reply came. */
  roundsHeld: number
}

export type DocketClaim = {
  /** c1, c2, … by falling salience. */
  id: string
  text: string
  kind: string
  /** Mean over its authors, 0..1. */
  salience: number
  /** Sum over its authors: the share of the panel's attention that it has. */
  panelSalience: number
  authors: readonly { model: string; confidence: number }[]
}

export type Verdict = 'accepted' | 'contested' | 'rejected'

/** Where one model stands on one matter: a closed question's answer, or a claim. */
export type Stand = {
  model: string
  /** Key of a position (closed), or `agree` | `disagree`; undefined for an abstention. */
  opening: string | undefined
  latest: string | undefined
  /** How much of the ballot the latest stand has: 0.5, or 0.25 after a change that did not earn it. */
  latestShare: number
  /** Stated before any debate. */
  confidence: number | null
  reason: string
  changedInRound: number | null
}

/** One answer to a closed question. */
export type Position = {
  /** c1, c2, … by falling posterior. */
  id: string
  key: string
  /** The answer in its canonical form. */
  answer: string
  /** Models whose latest stand it is, sorted by name. */
  models: readonly string[]
  posterior: number
  /** Share of the panel's weight behind it. */
  weightShare: number
  verdict: Verdict
}

export type ClaimState = DocketClaim & {
  posterior: number
  /** Share of the voting weight on the weaker side. */
  opposingShare: number
  verdict: Verdict
  stands: readonly Stand[]
}

export type ChangeOfMind = {
  model: string
  round: number
  /** Null for a closed question. */
  claim: string | null
  from: string
  to: string
  /** Only what the model really read; null otherwise. */
  errorQuoted: string | null
  reason: string
}

type DecisionBase = {
  /** Rounds of debate that have been held. */
  round: number
  /** Models whose opening counts. */
  voters: readonly Panelist[]
  agreement: number
  reached: boolean
  confidence: number
  overrulesMajority: boolean
  changes: readonly ChangeOfMind[]
  /** Ids of what is worth debating: opposed, and unsettled or opposed by a fifth of the weight. */
  debatable: readonly string[]
  /** After a debate: all stands are as after an earlier round, the one just before included. */
  repeats: boolean
}

export type ClosedDecision = DecisionBase & {
  form: 'closed'
  answerType: 'choice' | 'number' | 'boolean'
  positions: readonly Position[]
  stands: readonly Stand[]
  /** The position with the highest posterior; undefined when nobody answered. */
  winner: Position | undefined
  /** The two best positions cannot be told apart. */
  tied: boolean
  /** Posterior of all answers that nobody gave. */
  unseen: number
}

export type OpenDecision = DecisionBase & { form: 'open'; answerType: 'open'; claims: readonly ClaimState[] }

export type Decision = ClosedDecision | OpenDecision

/** What a model is to vote on: the claims it did not write, in an order of its own. */
export type VotePaper = { model: string; claims: readonly { id: string; text: string }[] }

/** What a model reads in a round of debate. */
export type Reading = { model: string; topics: readonly Topic[] }

export type Topic = {
  /** Null for a closed question. */
  claim: { id: string; text: string } | null
  own: { position: string; argument: string }
  /** Anonymous, one argument for each opposing position, in an order of this reader's own. Labels are A, B, … */
  opposing: readonly { label: string; position: string; argument: string }[]
}

/** What the writer composes from, and what its sentences are held against. */
export type SynthesisBrief = {
  /** To be tried in this order; the top-voted model comes last. */
  writers: readonly string[]
  answer: string | null
  /** Accepted claims; for a closed question the winning answer and its best reasons. Only these ids may be cited. */
  claims: readonly { id: string; text: string }[]
  /** Answers that were given and did not win. */
  refuted?: readonly string[]
  question?: string
}

export type StopReason = 'settled' | 'threshold' | 'nobody_moved' | 'positions_repeat' | 'last_round' | 'no_room'

export type Progress = {
  stage: Stage
  /** Models whose opening has been asked for, whatever became of it. */
  asked: readonly string[]
  /** Models whose turn of this stage is still out. */
  waitingFor: readonly string[]
  /** The stage's own deadline has passed: go on with what there is. */
  overdue: boolean
  /** False once the query's deadline or budget leaves no room for another round of calls. */
  roomForMore: boolean
  /** There is time to ask those who are left one after the other. */
  oneByOne: boolean
}

export type Step =
  | { kind: 'wait' }
  | { kind: 'fail'; code: 'insufficient_quorum'; detail: string }
  /** Openings: all at the start, or two of different families where `effort` is thrifty, then the others one by one. */
  | { kind: 'open'; models: readonly string[] }
  | { kind: 'vote'; papers: readonly VotePaper[] }
  /** `round` is the new one, 1.. ; every reading is one debate turn. */
  | { kind: 'debate'; round: number; contested: readonly string[]; readings: readonly Reading[] }
  | { kind: 'synthesise'; reason: StopReason; brief: SynthesisBrief }
  | { kind: 'finish' }

export type { AnswerType, Consensus, Stage }
