import { AppError, invalidField } from './errors.ts'

const maxDepth = 32
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Parses an untrusted JSON body. Throws a 400 that names the field for invalid UTF-8, malformed JSON, nesting over 32 levels, NUL
 * characters, lone surrogates and keys that reach for an object's prototype. An empty body is undefined.
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined
  const value = parse(decode(body))
  refuseHostile(value, '#', 0)
  return value
}

function decode(body: Buffer): string {
  try {
    return decoder.decode(body)
  } catch {
    throw new AppError('invalid-request', 'the body is not valid UTF-8', {
      errors: [{ pointer: '#', detail: 'not valid UTF-8' }],
    })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new AppError('invalid-request', 'the body is not valid JSON', {
      errors: [{ pointer: '#', detail: 'not valid JSON' }],
    })
  }
}

function refuseHostile(value: unknown, pointer: string, depth: number): void {
  if (depth > maxDepth) throw invalidField(pointer.slice(0, 200), `nested deeper than ${maxDepth} levels`)
  if (typeof value === 'string') refuseText(value, pointer)
  if (typeof value !== 'object' || value === null) return
  for (const [key, member] of Object.entries(value)) {
    const at = `${pointer}/${key.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') throw invalidField(at, 'a forbidden name')
    refuseText(key, at)
    refuseHostile(member, at, depth + 1)
  }
}

function refuseText(text: string, pointer: string): void {
  if (text.includes('\0')) throw invalidField(pointer.replaceAll('\0', ''), 'contains a NUL character')
  if (!text.isWellFormed()) throw invalidField(pointer.toWellFormed(), 'contains half of a surrogate pair')
}
