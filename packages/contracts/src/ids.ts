import { z } from 'zod'

/** `usr_` and the like, then a UUIDv7 as 32 hexadecimal digits: ids sort by time and tell what they are. */
function id<const Prefix extends string>(prefix: Prefix) {
  return z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-f]{32}$`), `expected an id like ${prefix}_ and 32 hexadecimal digits`)
}

export const UserId = id('usr')
export type UserId = z.output<typeof UserId>

export const CompanyId = id('cmp')
export type CompanyId = z.output<typeof CompanyId>

export const SessionId = id('ses')
export type SessionId = z.output<typeof SessionId>

export const ApiKeyId = id('key')
export type ApiKeyId = z.output<typeof ApiKeyId>

export const QueryId = id('qry')
export type QueryId = z.output<typeof QueryId>

export const TurnId = id('trn')
export type TurnId = z.output<typeof TurnId>

/** Stands where a query's id would, for an anchor question that was asked of one model; no client ever sees it. */
export const AnchorTurnId = id('anc')
export type AnchorTurnId = z.output<typeof AnchorTurnId>

/** Whose turns those are that no user asked for. */
export const nobody: UserId = `usr_${'0'.repeat(32)}`

export type IdPrefix = 'usr' | 'cmp' | 'ses' | 'key' | 'qry' | 'trn' | 'anc'
