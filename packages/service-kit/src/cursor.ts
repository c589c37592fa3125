import type { ListQuery } from '@concord/contracts/lists'
import { defaultListLimit } from '@concord/contracts/lists'
import type { z } from 'zod'
import { invalidField } from './errors.ts'

/** The opaque `next_cursor` of a list: where the next page begins. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** Limit and start of a page; a cursor that this list never gave out is a 400. */
export function readPage<Position extends z.ZodType>(
  query: ListQuery,
  position: Position,
): { limit: number; after: z.output<Position> | undefined } {
  const limit = query.limit === undefined ? defaultListLimit : Number(query.limit)
  return { limit, after: query.cursor === undefined ? undefined : decode(query.cursor, position) }
}

function decode<Position extends z.ZodType>(cursor: string, position: Position): z.output<Position> {
  try {
    return position.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')))
  } catch {
    throw invalidField('#/cursor', 'not a cursor of this list')
  }
}
