import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

/** A W3C trace context (https://www.w3.org/TR/trace-context/): ids in lower-case hexadecimal. */
export type Trace = { traceId: string; spanId: string; flags: string }

const storage = new AsyncLocalStorage<Trace>()
const pattern = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Continues the caller's trace in a new span, or starts one where the header is absent or malformed. */
export function continueTrace(traceparent: string | undefined): Trace {
  const [, traceId, parentId, flags] = (traceparent && pattern.exec(traceparent)) || []
  const usable = traceId && parentId && !/^0+$/.test(traceId) && !/^0+$/.test(parentId)
  return {
    traceId: usable ? traceId : randomHex(),
    spanId: randomHex().slice(16),
    flags: usable && flags ? flags : '01',
  }
}

export function toTraceparent({ traceId, spanId, flags }: Trace): string {
  return `00-${traceId}-${spanId}-${flags}`
}

/** Runs `work` so that its logs, calls and messages carry the trace. */
export function withTrace<Result>(trace: Trace, work: () => Result): Result {
  return storage.run(trace, work)
}

/** For callbacks that cannot be wrapped, such as a server's hooks: the rest of this asynchronous flow belongs to the trace. */
export function enterTrace(trace: Trace): void {
  storage.enterWith(trace)
}

export function currentTrace(): Trace | undefined {
  return storage.getStore()
}

/** The header for an outgoing call or message of the current flow. */
export function currentTraceparent(): string | undefined {
  const trace = storage.getStore()
  return trace && toTraceparent(trace)
}

/** 32 digits of which 122 bits are random; the runtime keeps a store of them, so that none waits for the system. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '')
}
