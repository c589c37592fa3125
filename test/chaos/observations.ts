/** One call of a client, or one wait of it: from asking to the whole answer, with all that it tried again in between. */
export type Sample = {
  kind: 'submit' | 'follow' | 'feedback' | 'read' | 'single_model'
  /** Milliseconds since the run began, on a clock that nothing steps. */
  startedAtMs: number
  tookMs: number
  ok: boolean
  /** What went wrong, where something did: a status, or the name of an error. */
  fault?: string
}

/** What one client knows of one question of its own. Each question is asked once, under one Idempotency-Key. */
export type Asked = {
  user: string
  question: string
  /** Every id that a 202 named under its key; empty where no 202 ever came. */
  ids: string[]
  /** The service refused it for good: a daily limit, for example. */
  refused: boolean
  acceptedAtMs: number | undefined
  deadlineS: number
  /** Numbers of the durable events in the order of their arrival; a client that comes again asks for what came after the last. */
  seqs: number[]
  /** The event that ended it, as its client was told. */
  ending: string | undefined
  endedAtMs: number | undefined
}

/** One query as the mesh has stored it. */
export type StoredQuery = {
  id: string
  user: string
  question: string
  status: string
  /** Of a failed one. */
  errorCode: string | undefined
  createdAt: number
  completedAt: number | undefined
  deadlineAt: number
  events: { count: number; last: number; endings: number }
}

/** Of one user: what the plan has counted, over all days. */
export type Counted = { user: string; count: number }

/** A fault, from the moment it is made to the moment it is undone; both on the run's clock. */
export type FaultWindow = { name: string; target: string; startedAtMs: number; healedAtMs: number; failure?: string }
