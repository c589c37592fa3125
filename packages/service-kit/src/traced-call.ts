import { beginSpan, currentTrace, inSpan, toTraceparent } from './trace.ts'
import type { Attributes, Span } from './trace.ts'

type Call = { method: string; baseUrl: string }

/** An HTTP call to another service as a span: `work` tells the status. The path is left out, since it may name somebody. */
export function inCall<Result>(
  call: Call,
  work: (answered: (status: number) => void) => Promise<Result>,
): Promise<Result> {
  if (!currentTrace()?.recorder) return work(() => {})
  return inSpan(call.method, { kind: 'client', attributes: attributesOf(call) }, (span) =>
    work((status) => span.set({ 'http.response.status_code': status })),
  )
}

export type BegunCall = {
  /** For the call's headers, in place of the current one; absent where nothing is recorded. */
  traceparent: string | undefined
  answered(status: number): void
  end(errorType?: string): void
}

/** The same for work in callbacks; `end` may be called more than once. */
export function beginCall(call: Call): BegunCall {
  let span: Span | undefined = currentTrace()?.recorder
    ? beginSpan(call.method, { kind: 'client', attributes: attributesOf(call) })
    : undefined
  return {
    traceparent: span && toTraceparent(span.trace),
    answered: (status) => span?.set({ 'http.response.status_code': status }),
    end(errorType) {
      span?.end(errorType)
      span = undefined
    },
  }
}

/** By the semantic conventions of OpenTelemetry for HTTP clients. */
function attributesOf({ method, baseUrl }: Call): Attributes {
  const { hostname, port, protocol } = new URL(baseUrl)
  return {
    'http.request.method': method,
    'server.address': hostname,
    'server.port': Number(port) || (protocol === 'https:' ? 443 : 80),
  }
}
