import type { FastifyReply, FastifyRequest } from 'fastify'
import { continueTrace, enterTrace, parseTraceparent } from './trace.ts'
import type { Recorder } from './trace.ts'

const probes = new Set(['/health', '/ready', '/metrics'])

/**
 * For a server's `onRequest`: what follows belongs to the caller's trace, or to a new one. A recorder gets a span of each request, by
 * its route's pattern and never by its path, which may name somebody; those of probes and sockets go without.
 */
export function traceRequests(recorder: Recorder | undefined) {
  return function followTrace(request: FastifyRequest, reply: FastifyReply): void {
    void reply.header('x-request-id', request.id)
    const traceparent = singleHeader(request, 'traceparent')
    const route = request.routeOptions.url
    if (!recorder || request.headers.upgrade !== undefined || (route !== undefined && probes.has(route)))
      return enterTrace(continueTrace(traceparent))
    const span = recorder.begin(route === undefined ? request.method : `${request.method} ${route}`, {
      kind: 'server',
      parent: parseTraceparent(traceparent),
      attributes: { 'http.request.method': request.method, 'http.route': route, 'url.scheme': request.protocol },
    })
    enterTrace(span.trace)
    if (!span.trace.recorder) return
    const { raw } = reply
    raw.once('close', () => {
      const status = raw.headersSent ? raw.statusCode : undefined
      span.set({ 'http.response.status_code': status })
      span.end(status === undefined ? 'client_left' : status >= 500 ? String(status) : undefined)
    })
  }
}

function singleHeader(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}
