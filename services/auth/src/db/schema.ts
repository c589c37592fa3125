import type { ApiKeyScope } from '@concord/contracts/identity'
import type { Plan, Role } from '@concord/contracts/plans'
import { outboxTable } from '@concord/messaging/tables'
import { subjectKeysTable } from '@concord/vault/tables'
import { idempotencyTable } from '@concord/service-kit/idempotency'
import { index, jsonb, pgSchema, text, timestamp } from '@concord/database/tables'

export const auth = pgSchema('auth')

const moment = (name: string) => timestamp(name, { withTimezone: true })

export const users = auth.table('users', {
  id: text().primaryKey(),
  /** In lower case: an address is one account, however it is typed. */
  email: text().notNull().unique(),
  username: text().unique(),
  fullName: text('full_name').notNull(),
  passwordHash: text('password_hash').notNull(),
  role: text().$type<Role>().notNull().default('user'),
  plan: text().$type<Plan>().notNull().default('free'),
  companyId: text('company_id'),
  createdAt: moment('created_at').notNull().defaultNow(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
  /** When role or plan last changed: tokens issued before carry the old ones. */
  grantsChangedAt: moment('grants_changed_at'),
})

export const sessions = auth.table(
  'sessions',
  {
    id: text().primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    revokedAt: moment('revoked_at'),
  },
  (table) => [index().on(table.userId), index().on(table.expiresAt), index().on(table.revokedAt)],
)

export const refreshTokens = auth.table(
  'refresh_tokens',
  {
    hash: text().primaryKey(),
    sessionId: text('session_id')
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
  },
  (table) => [index().on(table.sessionId)],
)

export const apiKeys = auth.table(
  'api_keys',
  {
    id: text().primaryKey(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    prefix: text().notNull(),
    hash: text().notNull().unique(),
    scopes: jsonb().$type<ApiKeyScope[]>().notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at'),
    lastUsedAt: moment('last_used_at'),
    revokedAt: moment('revoked_at'),
  },
  (table) => [index().on(table.userId, table.id), index().on(table.revokedAt)],
)

export const signingKeys = auth.table('signing_keys', {
  kid: text().primaryKey(),
  publicJwk: jsonb('public_jwk').$type<Record<string, unknown>>().notNull(),
  /** The private JWK under the vault's ring. */
  sealedPrivateJwk: text('sealed_private_jwk').notNull(),
  createdAt: moment('created_at').notNull().defaultNow(),
  /** Until then it is only published, so that everybody knows it when it begins to sign. */
  signsFrom: moment('signs_from').notNull().defaultNow(),
})

export const outbox = outboxTable(auth)
export const subjectKeys = subjectKeysTable(auth)
export const idempotencyKeys = idempotencyTable(auth)
