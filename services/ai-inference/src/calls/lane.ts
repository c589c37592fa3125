import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleWhen } from 'cockatiel'
import PQueue from 'p-queue'
import { ModelError } from './model-error.ts'

export type BreakerState = 'closed' | 'half-open' | 'open'

/** The way to one provider: so many calls at a time, and none while the provider is down. */
export type Lane = {
  /** Rejects with `signal.reason` when that aborts before it is the work's turn, and with `circuit_open` without waiting. */
  run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result>
  breaker(): BreakerState
  running(): number
  waiting(): number
}

export type LaneOptions = { provider: string; concurrency: number; breakerFailures: number; breakerOpenMs: number }

export function createLane({ provider, concurrency, breakerFailures, breakerOpenMs }: LaneOptions): Lane {
  const queue = new PQueue({ concurrency })
  const breaker = circuitBreaker(
    handleWhen((error) => error instanceof ModelError && error.outage),
    { halfOpenAfter: breakerOpenMs, breaker: new ConsecutiveBreaker(breakerFailures) },
  )
  let openedAt = 0
  breaker.onBreak(() => {
    openedAt = performance.now()
  })

  function refuseWhileDown(): void {
    const leftMs = openedAt + breakerOpenMs - performance.now()
    const trialUnderWay = breaker.state === CircuitState.HalfOpen
    if (!trialUnderWay && (breaker.state !== CircuitState.Open || leftMs <= 0)) return
    throw new ModelError('circuit_open', `${provider} has failed too often and is left alone for a while`, {
      retryable: true,
      retryAfterMs: Math.max(leftMs, 500),
    })
  }

  return {
    async run(work, signal) {
      signal.throwIfAborted()
      refuseWhileDown()
      const guarded = async () => {
        signal.throwIfAborted()
        refuseWhileDown()
        return breaker.execute(work)
      }
      try {
        return await queue.add(guarded, { signal })
      } catch (error) {
        if (signal.aborted) throw signal.reason
        throw error
      }
    },
    breaker: () => breakerStates[breaker.state],
    running: () => queue.pending,
    waiting: () => queue.size,
  }
}

const breakerStates: Record<CircuitState, BreakerState> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
}
