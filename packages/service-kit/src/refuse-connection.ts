import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { AppError, toProblem } from './errors.ts'
import { continueTrace } from './trace.ts'

/** Answers, with a problem, what never became a request: a malformed one, one with too large a head, one that did not arrive. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (socket.writable && error.code !== 'ECONNRESET') socket.write(toAnswer(toAppError(error.code)))
  socket.destroy(error)
}

function toAppError(code: string | undefined): AppError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new AppError('request-timeout', 'the request did not arrive in time')
  if (code === 'HPE_HEADER_OVERFLOW') return new AppError('head-too-large', 'the headers are too large')
  return new AppError('invalid-request', 'this is not an HTTP request')
}

function toAnswer(error: AppError): string {
  const problem = toProblem(error, { instance: '', traceId: continueTrace(undefined).traceId })
  const body = JSON.stringify(problem)
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    `x-request-id: ${randomUUID()}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
