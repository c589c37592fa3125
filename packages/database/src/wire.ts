/** The few messages of PostgreSQL's wire protocol 3.0 that the embedded engine's front says and reads itself. */

export const protocolVersion = 196_608
export const sslRequest = 80_877_103
export const gssRequest = 80_877_104

/** One message: a type byte, a length that counts itself, and the body. */
function message(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

export const askPassword = message('R', int32(3))
export const authenticated = message('R', int32(0))
export const sync = message('S', Buffer.alloc(0))
export const rollback = message('Q', text('rollback'))

/** `I` outside a transaction, `T` inside one. */
export function readyForQuery(inTransaction: boolean): Buffer {
  return message('Z', Buffer.from(inTransaction ? 'T' : 'I'))
}

export function parameterStatus(name: string, value: string): Buffer {
  return message('S', Buffer.concat([text(name), text(value)]))
}

/** `code` is an SQLSTATE. */
export function errorResponse(severity: 'ERROR' | 'FATAL', code: string, detail: string): Buffer {
  const fields = [`S${severity}`, `V${severity}`, `C${code}`, `M${detail}`].map(text)
  return message('E', Buffer.concat([...fields, Buffer.from([0])]))
}

/** The text up to the zero byte, and where the next field begins. */
export function readText(body: Buffer, from: number): { value: string; next: number } {
  const end = body.indexOf(0, from)
  return end < 0
    ? { value: body.toString('utf8', from), next: body.length }
    : { value: body.toString('utf8', from, end), next: end + 1 }
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`)
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
