import { randomUUID } from 'node:crypto'

/** An id without dashes, as the providers' ids are. */
export function newId(): string {
  return randomUUID().replaceAll('-', '')
}
