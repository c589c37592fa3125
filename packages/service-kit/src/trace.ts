import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'

/**
 * A W3C trace context (https://www.w3.org/TR/trace-context/): ids in lower-case hexadecimal. `recorder` takes the spans of this
 * flow; it is absent where traces are not exported, and where this one was not chosen to be.
 */
export type Trace = { traceId: string; spanId: string; flags: string; recorder?: Recorder | undefined }

/** Where spans are written down. Their names are few, and their attributes hold no text of a person and no secret. */
export type Recorder = { begin(name: string, options: SpanOptions & { parent: Trace | undefined }): Span }

export type SpanKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer'
export type SpanOptions = { kind: SpanKind; attributes?: Attributes }
export type Attributes = Record<string, string | number | boolean | string[] | undefined>

export type Span = {
  trace: Trace
  set(attributes: Attributes): void
  /** Once. `errorType` is a short name of what went wrong, out of few. */
  end(errorType?: string): void
}

const storage = new AsyncLocalStorage<Trace>()
const pattern = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** The caller's place in its trace; undefined where the header is absent or malformed. */
export function parseTraceparent(traceparent: string | undefined): Trace | undefined {
  const [, traceId, spanId, flags] = (traceparent && pattern.exec(traceparent)) || []
  if (!traceId || !spanId || !flags || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, flags }
}

/** Continues the caller's trace in a new span, or starts one where the header is absent or malformed. */
export function continueTrace(traceparent: string | undefined): Trace {
  const parent = parseTraceparent(traceparent)
  return {
    traceId: parent?.traceId ?? randomHex(),
    spanId: randomHex().slice(16),
    flags: parent?.flags ?? '01',
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

const nowhere: Pick<Span, 'set'> = { set() {} }

/** Runs `work` in a span of the current flow, which ends with it; where nothing is recorded, `work` is all that runs. */
export function inSpan<Result>(
  name: string,
  options: SpanOptions,
  work: (span: Pick<Span, 'set'>) => Promise<Result>,
): Promise<Result> {
  const parent = storage.getStore()
  if (!parent?.recorder) return work(nowhere)
  const span = parent.recorder.begin(name, { ...options, parent })
  return storage.run(span.trace, () => untilEnded(span, work))
}

/** Ends the span with the work. */
export async function untilEnded<Result>(span: Span, work: (span: Span) => Promise<Result>): Promise<Result> {
  try {
    const result = await work(span)
    span.end()
    return result
  } catch (error) {
    span.end(errorTypeOf(error))
    throw error
  }
}

/** For work in callbacks: a span of the current flow that the caller ends; undefined where nothing is recorded. */
export function beginSpan(name: string, options: SpanOptions): Span | undefined {
  const parent = storage.getStore()
  return parent?.recorder?.begin(name, { ...options, parent })
}

/** A short name for what was thrown: its reason, code or class. Never its message, which may hold anything. */
export function errorTypeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return 'unknown'
  const facts = [memberOf(thrown, 'reason'), memberOf(thrown, 'code'), thrown.name]
  return facts.find(isShortName) ?? 'unknown'
}

function memberOf(thrown: Error, name: string): unknown {
  return Object.getOwnPropertyDescriptor(thrown, name)?.value
}

function isShortName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]{1,64}$/.test(value)
}

/** 32 digits of which 122 bits are random; the runtime keeps a store of them, so that none waits for the system. */
function randomHex(): string {
  return randomUUID().replaceAll('-', '')
}
