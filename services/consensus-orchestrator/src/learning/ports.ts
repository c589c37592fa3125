import type { Domain } from '@concord/contracts/domains'
import type { PanelModel, Reliability as ShownReliability } from '@concord/contracts/panel'
import type { Reliability, Settings } from '../decision/model.ts'

/** Whose record it is. Another model behind the same name, or an emulated one, has a record of its own. */
export type ModelKey = { model: string; providerModel: string; sandbox: boolean }

/** Where a grade comes from: users, questions with known answers, or the agreement of the others. */
export type Source = 'feedback' | 'anchor' | 'agreement'

/** One answer as it was graded, in fractions where it counts for a part; `confidence` as stated, in whole per cent. */
export type Grade = ModelKey & { confidence: number | null; right: number; wrong: number; abstained: number }

/** Grades of one kind, summed up. */
export type GradedLine = Grade & { domain: Domain; source: Source }

export type Scope = Domain | 'overall'

/** What is believed of a model in a domain, or overall. */
export type LearnedReliability = ModelKey & {
  scope: Scope
  /** What decisions use: as near to what the grades say as the day's cap allows. */
  current: Reliability
  /** What `current` was when the day began. */
  former: Reliability
  /** UTC */
  day: string
  shown: ShownReliability
  /** How often it is right by agreement less how often by anchors, where there are enough of both. */
  disagreement: number | null
}

/** The settings of a decision that are fitted on questions with known answers. */
export type FittedSettings = Pick<
  Settings,
  'temperature' | 'siblingIndependence' | 'coincidence' | 'influence' | 'confidenceCurve'
>

/** Fitted on what real, or emulated, models answered; `models` is how many they were. */
export type Fitted = { sandbox: boolean; scope: Scope; models: number; questions: number; settings: FittedSettings }

/** How a panel answered a closed question, without a word of it. */
export type PastBallots = {
  queryId: string
  domain: Domain
  /** K */
  options: number
  /** `answer` is the number of the cluster that the opening belongs to; null where it gave none. */
  ballots: readonly (ModelKey & { answer: number | null; confidence: number | null })[]
}

export type StoredFeedback = {
  queryId: string
  correct: boolean
  /** False beyond the owner's daily allowance: kept, and without any weight. */
  counted: boolean
  domain: Domain
  grades: readonly Grade[]
  givenAt: Date
}

export type Task = 'anchors' | 'agreement' | 'pooling'

/** What one transaction may do to what has been learned. */
export type LearningTransaction = {
  /** Waits for the other transactions that change grades, so that what is fitted then misses none. */
  lockGrades(): Promise<void>
  /** Adds to the counts; negative fractions take back. */
  addGrades(lines: readonly GradedLine[]): Promise<void>
  /** Of these models, or of all. */
  grades(models?: readonly ModelKey[]): Promise<GradedLine[]>
  reliabilities(models?: readonly ModelKey[]): Promise<LearnedReliability[]>
  saveReliabilities(rows: readonly LearnedReliability[]): Promise<void>
  saveFitted(rows: readonly Fitted[], day: string): Promise<void>
  /** Counts one feedback more; false where that would exceed the day's limit, and then nothing is counted. */
  countFeedback(owner: string, day: string, limit: number): Promise<boolean>
  feedback(queryId: string): Promise<StoredFeedback | undefined>
  saveFeedback(feedback: StoredFeedback): Promise<void>
  /** Locks the ballots and gives what they were graded by agreement; they are not graded so again. */
  takeBackAgreement(queryId: string, day: string): Promise<readonly Grade[]>
  /** Locks up to `limit` that have not been graded by agreement, oldest first. */
  ungradedBallots(limit: number): Promise<PastBallots[]>
  saveAgreement(graded: readonly { queryId: string; grades: readonly Grade[] }[], day: string): Promise<void>
  /** True for the one who may do it now: until the end of the transaction, and only where it is not done for the day. */
  takeTask(task: Task, day?: string): Promise<boolean>
  finishTask(task: Task, day: string): Promise<void>
}

export type Snapshot = { reliabilities: readonly LearnedReliability[]; fitted: readonly Fitted[] }

/** What has been learned, as a query that is asked now takes it. */
export type Learned = {
  of(model: PanelModel, domain: Domain): Reliability
  settings(models: readonly PanelModel[], domain: Domain): FittedSettings
  shown(model: PanelModel): ShownReliability[]
}

/** Held for some seconds. */
export type LearnedCache = {
  current(): Promise<Learned>
  /** The next one is read anew. */
  forget(): void
}
