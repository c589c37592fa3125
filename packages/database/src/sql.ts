/**
 * What the services' queries are made of. They take drizzle through here: Node reads the list of entries in drizzle's
 * package.json, 130 kB, anew at every import of it, which was a quarter of the time that it took to load a mesh.
 */
export {
  DrizzleQueryError,
  and,
  asc,
  avg,
  count,
  desc,
  eq,
  exists,
  getTableColumns,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  min,
  ne,
  notInArray,
  or,
  sql,
} from 'drizzle-orm'
export type { Placeholder, Query, SQL, WithSubquery } from 'drizzle-orm'
