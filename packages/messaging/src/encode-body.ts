import { maxBodyBytes } from './bus.ts'
import { MessageTooLargeError } from './errors.ts'

/** The body as JSON text. Throws `MessageTooLargeError` above `maxBodyBytes`. */
export function encodeBody(type: string, body: unknown): string {
  const text = JSON.stringify(body)
  const bytes = Buffer.byteLength(text)
  if (bytes > maxBodyBytes) throw new MessageTooLargeError(`${type} has ${bytes} bytes, ${maxBodyBytes} are allowed`)
  return text
}
