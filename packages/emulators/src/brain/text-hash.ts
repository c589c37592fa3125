import { createHash } from 'node:crypto'

/** Names a text without telling it. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16)
}
