import type { ApiKeyScope } from '@concord/contracts/identity'
import type { EventDefinition } from '@concord/contracts/envelope'
import type { Plan, Role } from '@concord/contracts/plans'
import type { Envelope, EventInput } from '@concord/messaging/outbox'
import type { Answer, IdempotentAnswer } from '@concord/service-kit/idempotency'

export type Account = {
  id: string
  email: string
  username: string | null
  fullName: string
  passwordHash: string
  role: Role
  plan: Plan
  companyId: string | null
  createdAt: Date
  updatedAt: Date
}

export type NewAccount = Pick<Account, 'id' | 'email' | 'username' | 'fullName' | 'passwordHash' | 'role' | 'plan'>

export type AccountStore = {
  /** Gives undefined when the e-mail or the username is taken. */
  insert(account: NewAccount): Promise<Account | undefined>
  byEmail(email: string): Promise<Account | undefined>
  byId(id: string): Promise<Account | undefined>
  /** Locks the row until the transaction ends. */
  lock(id: string): Promise<Account | undefined>
  setGrants(id: string, grants: { role?: Role; plan?: Plan }): Promise<Account>
  /** Counts super_admins and keeps others from changing that number until the transaction ends. */
  lockSuperAdmins(): Promise<number>
  grantsChangedSince(moment: Date): Promise<Account[]>
}

export type Session = { id: string; userId: string; expiresAt: Date; revokedAt: Date | null }

export type RefreshState = { session: Session; usedAt: Date | null; expiresAt: Date }

export type SessionStore = {
  insert(session: Pick<Session, 'id' | 'userId' | 'expiresAt'>): Promise<void>
  addRefreshToken(token: { hash: string; sessionId: string; expiresAt: Date }): Promise<void>
  /** True for exactly one caller per token: the one that may go on. */
  useRefreshToken(hash: string, at: Date): Promise<boolean>
  findRefreshToken(hash: string): Promise<RefreshState | undefined>
  /** True when the session was alive until now. */
  revoke(id: string, at: Date): Promise<boolean>
  revokedSince(moment: Date): Promise<{ id: string; revokedAt: Date }[]>
}

export type ApiKeyRow = {
  id: string
  userId: string
  name: string
  prefix: string
  scopes: ApiKeyScope[]
  createdAt: Date
  expiresAt: Date | null
  lastUsedAt: Date | null
}

export type ApiKeyStore = {
  insert(key: Omit<ApiKeyRow, 'createdAt' | 'lastUsedAt'> & { hash: string }): Promise<ApiKeyRow>
  count(userId: string): Promise<number>
  list(userId: string, page: { limit: number; after: string | undefined }): Promise<ApiKeyRow[]>
  /** True when the key was this user's and alive. */
  revoke(userId: string, id: string, at: Date): Promise<boolean>
  byHash(hash: string): Promise<ApiKeyRow | undefined>
  touch(id: string, at: Date): Promise<void>
  revokedSince(moment: Date): Promise<{ id: string; revokedAt: Date }[]>
}

/** What one transaction may do: stores on its own handle, events that leave with its commit. */
export type Transaction = {
  accounts: AccountStore
  sessions: SessionStore
  apiKeys: ApiKeyStore
  publish<Event extends Envelope>(definition: EventDefinition<Event>, event: EventInput<Event>): Promise<void>
  answerOnce(
    request: { scope: string; key: string; body: unknown; secret: boolean },
    effect: () => Promise<Answer>,
  ): Promise<IdempotentAnswer>
}

export type InTransaction = <Result>(work: (tx: Transaction) => Promise<Result>) => Promise<Result>

export type PasswordHasher = {
  hash(password: string): Promise<string>
  verify(hash: string, password: string): Promise<boolean>
}

/** Where revocations and changed grants are seen by every service at once. */
export type RevocationBoard = {
  denySession(sid: string, until: Date): Promise<void>
  stampAccount(account: Pick<Account, 'id' | 'role' | 'plan'>, until: Date): Promise<void>
}

/** Failed sign-ins by account and address. */
export type FailureCounter = {
  count(name: string): Promise<number>
  add(name: string, windowMs: number): Promise<number>
  clear(name: string): Promise<void>
}

export type Signer = {
  /** A signed RFC 9068 access token. */
  sign(claims: AccessClaims, ttlS: number): Promise<string>
}

export type AccessClaims = {
  sub: string
  client_id: string
  kind: 'user' | 'service'
  sid?: string
  scope?: string
  role?: Role
  plan?: Plan
  company_id?: string | null
}

export type Deps = {
  inTransaction: InTransaction
  passwords: PasswordHasher
  board: RevocationBoard
  failures: FailureCounter
  signer: Signer
  now: () => Date
  sleep: (ms: number) => Promise<void>
  settings: {
    accessTtlS: number
    refreshTtlS: number
    refreshGraceS: number
    apiKeysPerUser: number
    serviceClients: ReadonlyMap<string, string>
  }
}
