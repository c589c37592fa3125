import { randomBytes } from 'node:crypto'
import { connect as connectHttp2 } from 'node:http2'
import { Agent, request } from 'node:https'
import { connect, getCACertificates, setDefaultCACertificates } from 'node:tls'
import type { SecureVersion } from 'node:tls'
import type { EdgeProcess } from '@concord/testing/edge-process'
import { expect } from 'vitest'
import { z } from 'zod'
import * as page from '../e2e/api-page.ts'

export type Answer = {
  status: number
  headers: Record<string, string | string[] | undefined>
  /** In lower case, a repeated one as often as it came. */
  rawNames: string[]
  text: string
}
export type Asked = {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  agent?: Agent
  maxVersion?: SecureVersion
  signal?: AbortSignal
}

/** Makes this process believe the edge's self-signed certificate, for fetch and sockets too. */
export function trust({ certificate }: EdgeProcess): void {
  setDefaultCACertificates([...getCACertificates('default'), certificate])
}

/** One request, its path sent as it is given; a connection of its own unless an agent is given. Rejects when it breaks. */
export function ask(edge: EdgeProcess, path: string, asked: Asked = {}): Promise<Answer> {
  const { method = 'GET', headers = {}, body, agent = new Agent({ keepAlive: false }), maxVersion, signal } = asked
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: edge.port, path, method, headers, agent, ca: edge.certificate }
    const call = request(
      { ...options, ...(maxVersion ? { maxVersion } : {}), ...(signal ? { signal } : {}) },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.once('error', reject)
        response.once('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            rawNames: response.rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()),
            text: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    call.once('error', reject)
    call.end(body)
  })
}

/** Sends bytes as they are over TLS, and gives all that comes back. */
export function askRaw(edge: EdgeProcess, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: edge.port, ca: edge.certificate }, () => socket.write(bytes))
    let text = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    socket.once('error', reject)
    socket.once('close', () => resolve(text))
  })
}

/** One request over HTTP/2. */
export function askHttp2(edge: EdgeProcess, path: string): Promise<{ status: number; protocol: string | undefined }> {
  return new Promise((resolve, reject) => {
    const session = connectHttp2(edge.url, { ca: edge.certificate })
    session.once('error', reject)
    const stream = session.request({ ':path': path })
    stream.once('error', reject)
    stream.once('response', (headers) => {
      stream.resume().once('end', () => {
        session.close()
        resolve({ status: Number(headers[':status']), protocol: session.alpnProtocol })
      })
    })
  })
}

/** The access log's line of a request; it is written when the answer has been sent. */
export async function logLine(edge: EdgeProcess, requestId: string): Promise<Record<string, unknown>> {
  const find = () =>
    edge
      .log()
      .map((line) => z.looseObject({}).parse(JSON.parse(line)))
      .find((line) => line['request_id'] === requestId)
  await expect.poll(find).toBeDefined()
  return find() ?? {}
}

/** A W3C trace context and its trace id. */
export function newTraceparent(): { traceparent: string; traceId: string } {
  const traceId = randomBytes(16).toString('hex')
  return { traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`, traceId }
}

/** The problem that an answer is, in OpenAI's shape too under `/v1`. Throws when anything of it is not as the API page has it. */
export function readProblem({ status, headers, text }: Answer): z.output<typeof page.problem> {
  const { error: _forOpenAi, ...body } = z.looseObject({}).parse(JSON.parse(text))
  const problem = page.problem.parse(body)
  const faults = [
    problem.status === status ? [] : [`the status is ${status}`],
    headers['content-type'] === 'application/problem+json' ? [] : [`it is ${String(headers['content-type'])}`],
    /^[0-9a-f]{32}$/.test(problem.trace_id) ? [] : ['it has no trace'],
    /^[\w.:-]+$/.test(String(headers['x-request-id'])) ? [] : ['it has no request id'],
  ].flat()
  if (faults.length > 0) throw new Error(`${text}: ${faults.join(', ')}`)
  return problem
}
