import type { IdPrefix } from '@concord/contracts/ids'
import { uuidv7obj } from 'uuidv7'

/** A fresh id such as `qry_` and a UUIDv7 in hexadecimal: ids sort by time. */
export function newId<const Prefix extends IdPrefix>(prefix: Prefix): `${Prefix}_${string}` {
  return `${prefix}_${uuidv7obj().toHex()}`
}
