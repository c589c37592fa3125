import { currentTraceparent } from '@concord/service-kit/trace'
import type { FastifyRequest } from 'fastify'
import { callerOf } from '../edge/identify.ts'

/** What the client may not say itself, the gateway says: its address, the verified token, the ids of this request. */
export function requestHeaders(request: FastifyRequest, { body }: { body: boolean }): Record<string, string> {
  const token = callerOf(request)?.token
  const traceparent = currentTraceparent()
  const headers: Record<string, string> = { 'x-forwarded-for': request.ip, 'x-request-id': request.id }
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  if (traceparent !== undefined) headers['traceparent'] = traceparent
  if (body) headers['content-type'] = 'application/json'
  const key = request.headers['idempotency-key']
  if (typeof key === 'string') headers['idempotency-key'] = key
  return headers
}
