import type { IncomingHttpHeaders } from 'node:http'

/** A provider's refusal, in the form of its SDK's errors. The message is the body: it stays among causes and is never shown. */
export class UpstreamStatusError extends Error {
  override readonly name = 'UpstreamStatusError'
  readonly status: number
  readonly headers: Headers
  readonly requestID: string | undefined
  readonly code: unknown
  readonly type: unknown
  readonly param: unknown

  constructor(status: number, raw: IncomingHttpHeaders, body: string) {
    super(body.slice(0, 4_096))
    this.status = status
    this.headers = new Headers()
    for (const name of ['retry-after', 'retry-after-ms']) {
      const value = raw[name]
      if (typeof value === 'string') this.headers.set(name, value)
    }
    const id = raw['x-request-id']
    this.requestID = typeof id === 'string' ? id : undefined
    const { code, type, param } = errorIn(body)
    this.code = code
    this.type = type
    this.param = param
  }
}

function errorIn(body: string): { code?: unknown; type?: unknown; param?: unknown } {
  try {
    const value: unknown = JSON.parse(body)
    const whole: unknown = Array.isArray(value) ? value[0] : value
    if (typeof whole !== 'object' || whole === null || !('error' in whole)) return {}
    return typeof whole.error === 'object' && whole.error !== null ? whole.error : {}
  } catch {
    return {}
  }
}
