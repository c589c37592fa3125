/** `cachedInputTokens` are among the `inputTokens`, and reasoning is among the `outputTokens`. */
export type TokenUsage = { inputTokens: number; cachedInputTokens: number; outputTokens: number }

/** `aborted`: the caller went away. `interrupted`: the process that made the call died; the tokens are what was known then. */
export type CallStatus = 'ok' | 'failed' | 'aborted' | 'interrupted'

/** One call of one model, as it is written down. */
export type UsageEntry = TokenUsage & {
  /** A UUID: an entry is stored once, however often it is written. */
  id: string
  userId: string
  /** The UTC day on which it began, `2026-11-21`. */
  day: string
  at: Date
  feature: 'chat_completions' | 'embeddings'
  provider: string
  model: string
  costUsd: number
  status: CallStatus
  /** The provider did not tell the tokens. */
  estimated: boolean
  sandbox: boolean
  latencyMs: number
}

export type UsageStore = {
  /** Stores the entries and adds them to their users' days, in one step; entries that are stored already change nothing. */
  add(entries: readonly UsageEntry[]): Promise<void>
  /** Input and output tokens together. */
  tokensOf(userId: string, day: string): Promise<number>
  /** Takes the user's name from all that was spent. */
  forget(userId: string): Promise<void>
  /** Takes the names of erased users from what was written while they were being erased. */
  disown(): Promise<void>
}

/** Calls under way as they stand, so that what a process that dies has begun is counted all the same. */
export type OpenCallStore = {
  /** Each replaces what was written of it before. */
  keep(entries: readonly UsageEntry[]): Promise<void>
  drop(ids: readonly string[]): Promise<void>
  /** Moves the calls of processes that are gone into the usage, in one step, and answers how many. */
  settle(): Promise<number>
}

export function utcDay(at: Date): string {
  return at.toISOString().slice(0, 10)
}

export function tokensSpent({ inputTokens, outputTokens }: TokenUsage): number {
  return inputTokens + outputTokens
}
