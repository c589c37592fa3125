import { z } from 'zod'

/** `?limit=&cursor=` of every list. Out-of-range values are refused, never clamped. */
export const ListQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'expected a whole number from 1 to 100')
    .optional(),
  cursor: z.string().min(1).max(512).optional(),
})
export type ListQuery = z.output<typeof ListQuery>

export const defaultListLimit = 20

/** A page of a list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() })
}
