import { z } from 'zod'
import { ApiKeyId, CompanyId, UserId } from './ids.ts'
import { Plan, Role } from './plans.ts'

const email = z.email().max(254)
const password = z.string().min(12).max(128)

export const User = z
  .object({
    id: UserId,
    email: z.string(),
    username: z.string().nullable(),
    full_name: z.string(),
    role: Role,
    plan: Plan,
    company_id: CompanyId.nullable(),
    created_at: z.iso.datetime(),
    updated_at: z.iso.datetime(),
  })
  .meta({ id: 'User' })
export type User = z.output<typeof User>

export const Register = z
  .strictObject({
    email,
    password,
    full_name: z.string().trim().min(1).max(200),
    username: z
      .string()
      .regex(/^[A-Za-z0-9_.-]{3,32}$/, 'expected 3 to 32 letters, digits, dots, dashes or underscores')
      .optional(),
    invitation_token: z.string().min(1).max(512).optional(),
  })
  .meta({ id: 'Register' })
export type Register = z.output<typeof Register>

/** A wrong password of any length is answered like any other, hence no lower bound here. */
export const Login = z.strictObject({ email, password: z.string().min(1).max(128) }).meta({ id: 'Login' })
export type Login = z.output<typeof Login>

export const Refresh = z.strictObject({ refresh_token: z.string().min(1).max(512) }).meta({ id: 'Refresh' })
export type Refresh = z.output<typeof Refresh>

export const Tokens = z
  .object({
    access_token: z.string(),
    refresh_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().positive(),
  })
  .meta({ id: 'Tokens' })
export type Tokens = z.output<typeof Tokens>

export const SignedIn = Tokens.extend({ user: User }).meta({ id: 'SignedIn' })
export type SignedIn = z.output<typeof SignedIn>

export const ClientCredentials = z
  .strictObject({
    grant_type: z.literal('client_credentials'),
    client_id: z.string().min(1).max(64).optional(),
    client_secret: z.string().min(1).max(256).optional(),
    scope: z.string().max(256).optional(),
  })
  .meta({ id: 'ClientCredentials' })
export type ClientCredentials = z.output<typeof ClientCredentials>

export const ServiceToken = z
  .object({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().positive(),
    scope: z.string(),
  })
  .meta({ id: 'ServiceToken' })
export type ServiceToken = z.output<typeof ServiceToken>

export const apiKeyScopes = ['queries:read', 'queries:write', 'models:use', 'panel:read', 'profile:read'] as const
export const ApiKeyScope = z.enum(apiKeyScopes)
export type ApiKeyScope = z.output<typeof ApiKeyScope>

export const CreateApiKey = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    scopes: z.array(ApiKeyScope).min(1).max(apiKeyScopes.length).optional(),
    expires_at: z.iso.datetime().optional(),
  })
  .meta({ id: 'CreateApiKey' })
export type CreateApiKey = z.output<typeof CreateApiKey>

export const ApiKey = z
  .object({
    id: ApiKeyId,
    name: z.string(),
    prefix: z.string(),
    scopes: z.array(ApiKeyScope),
    created_at: z.iso.datetime(),
    expires_at: z.iso.datetime().nullable(),
    last_used_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ApiKey' })
export type ApiKey = z.output<typeof ApiKey>

/** `key` is shown this once. */
export const ApiKeyCreated = ApiKey.extend({ key: z.string() }).meta({ id: 'ApiKeyCreated' })
export type ApiKeyCreated = z.output<typeof ApiKeyCreated>

export const ChangeRole = z.strictObject({ role: Role }).meta({ id: 'ChangeRole' })
export type ChangeRole = z.output<typeof ChangeRole>

export const ChangePlan = z.strictObject({ plan: Plan }).meta({ id: 'ChangePlan' })
export type ChangePlan = z.output<typeof ChangePlan>

/** What the gateway asks of auth for a long-lived key (`POST /internal/api-keys/exchange`). */
export const ExchangeApiKey = z.strictObject({ key: z.string().min(1).max(256) }).meta({ id: 'ExchangeApiKey' })
export type ExchangeApiKey = z.output<typeof ExchangeApiKey>

/** An access token of 60 s that stands for the key's owner with the key's scopes. */
export const ExchangedToken = z
  .object({ access_token: z.string(), expires_in: z.int().positive() })
  .meta({ id: 'ExchangedToken' })
export type ExchangedToken = z.output<typeof ExchangedToken>
