import type { FastifyRequest } from 'fastify'
import { doorError, wrongParameter } from './door-error.ts'

export type DoorRequest = { body: Record<string, unknown>; model: string; raw: Buffer }

/** Reads a body as far as telling who is to answer it needs; the rest is that one's to check. */
export function readRequest(request: FastifyRequest): DoorRequest {
  const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const body = parse(raw)
  const { model } = body
  if (model === undefined || model === null || model === '')
    throw doorError('invalid-request', 'you must provide a model parameter', {
      param: 'model',
      code: 'missing_required_parameter',
    })
  if (typeof model !== 'string') throw wrongParameter('model', 'model: expected a string', 'invalid_type')
  return { body, model, raw }
}

function parse(raw: Buffer): Record<string, unknown> {
  const value = tryJson(raw.toString('utf8'))
  if (!isRecord(value)) throw doorError('invalid-request', 'the body is not a JSON object', { code: 'invalid_json' })
  return value
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
