import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { PlainError } from '../plain-error.ts'
import type { Client } from './client.ts'

/** In whose name queries are asked. */
export type Account = {
  token: string
  /** Queries that its plan still allows today, as far as is known. */
  left: number
  /** A new token, since one lives ten minutes; absent for an API key. */
  renew?: () => Promise<void>
}

export type Accounts = {
  /** An account that may ask once more. Rejects with a PlainError when there is none to be had. */
  take(): Promise<Account>
  /** How many were registered for this run. */
  registered(): number
}

export type Credentials = { apiKey: string } | { email: string; password: string } | undefined

const Session = z.object({ access_token: z.string() })
/** Assumed until the first answer tells. */
const leftAtFirst = 10

/** One account where credentials are given; else accounts are registered as the plan's daily limit uses them up. */
export async function openAccounts(client: Client, credentials: Credentials): Promise<Accounts> {
  if (credentials) {
    const own = 'apiKey' in credentials ? byKey(credentials.apiKey) : await signedIn(client, credentials)
    const take = async (): Promise<Account> => {
      if (own.left <= 0) throw new PlainError('The account’s plan allows no more queries today.')
      own.left -= 1
      return own
    }
    return { take, registered: () => 0 }
  }
  const accounts: Account[] = []
  let registering: Promise<void> = Promise.resolve()
  const take = async (): Promise<Account> => {
    for (;;) {
      const free = accounts.find(({ left }) => left > 0)
      if (free) {
        free.left -= 1
        return free
      }
      const before = accounts.length
      registering = registering.then(async () => {
        // Others who waited may have registered the one that is needed.
        if (accounts.length === before) accounts.push(await register(client))
      })
      await registering
    }
  }
  return { take, registered: () => accounts.length }
}

function byKey(token: string): Account {
  return { token, left: Number.POSITIVE_INFINITY }
}

async function register(client: Client): Promise<Account> {
  const credentials = {
    email: `loadtest-${randomBytes(8).toString('hex')}@example.org`,
    password: randomBytes(18).toString('base64url'),
  }
  const { status, body } = await client.call({
    method: 'POST',
    path: '/api/v1/auth/register',
    body: { ...credentials, full_name: 'Load Test' },
  })
  if (status === 429)
    throw new PlainError(
      'No more accounts may be registered from here: ask in the name of one whose plan allows enough (CONCORD_API_KEY).',
    )
  if (status !== 201) throw new PlainError(`Registering an account answers ${status}.`)
  return account(client, credentials, Session.parse(body).access_token, leftAtFirst)
}

async function signedIn(client: Client, credentials: { email: string; password: string }): Promise<Account> {
  return account(client, credentials, await signIn(client, credentials), Number.POSITIVE_INFINITY)
}

function account(
  client: Client,
  credentials: { email: string; password: string },
  token: string,
  left: number,
): Account {
  const own: Account = {
    token,
    left,
    async renew() {
      own.token = await signIn(client, credentials)
    },
  }
  return own
}

async function signIn(client: Client, credentials: { email: string; password: string }): Promise<string> {
  const { status, body } = await client.call({ method: 'POST', path: '/api/v1/auth/login', body: credentials })
  if (status !== 200) throw new PlainError(`Signing in answers ${status}.`)
  return Session.parse(body).access_token
}
