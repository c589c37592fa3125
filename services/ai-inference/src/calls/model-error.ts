import type { TurnFailure } from '@concord/contracts/turns'
import type { Usage } from '../ports.ts'

type ModelErrorOptions = ErrorOptions & {
  retryable: boolean
  /** How long the provider asked to be left alone. */
  retryAfterMs?: number | undefined
  /** What the failed call cost, where the provider had told before it failed. */
  usage?: Usage | undefined
  /** Whether it speaks against the provider as a whole; told by the reason unless given. */
  outage?: boolean
}

/** A call to a model that brought no answer. `message` is shown to users: never what a provider's error body said. */
export class ModelError extends Error {
  override readonly name = 'ModelError'
  readonly reason: TurnFailure
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined
  readonly usage: Usage | undefined
  readonly outage: boolean

  constructor(reason: TurnFailure, detail: string, options: ModelErrorOptions) {
    super(detail, { cause: options.cause })
    this.reason = reason
    this.retryable = options.retryable
    this.retryAfterMs = options.retryAfterMs
    this.usage = options.usage
    this.outage = options.outage ?? (options.retryable && outages.has(reason))
  }
}

const outages: ReadonlySet<TurnFailure> = new Set(['upstream_error', 'stream_cut', 'refused_connection'])
