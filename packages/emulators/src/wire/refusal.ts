import type { Failure } from './wire.ts'

/** A request that the emulator turns down, with the failure that the dialect writes in its provider's shape. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly failure: Failure

  constructor(failure: Failure) {
    super(failure.message)
    this.failure = failure
  }
}

/** Turns whatever a route threw into a failure: refusals as they are, Fastify's own 4xx by status, the rest as 500. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Refusal) return error.failure
  const status = statusOf(error)
  const message = error instanceof Error && status < 500 ? error.message : 'The server had an error while processing.'
  if (status === 413) return { kind: 'too_large', status, message }
  if (status >= 400 && status < 500) return { kind: 'invalid', status: 400, message }
  return { kind: 'server_error', status: 500, message }
}

function statusOf(error: unknown): number {
  if (typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number') {
    return error.statusCode
  }
  return 500
}
