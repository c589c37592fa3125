import { randomBytes } from 'node:crypto'
import type { User } from '@concord/contracts/identity'

export type FakeAccounts = ReturnType<typeof fakeAccounts>

type Account = { user: User; password: string }

/** Accounts with one-use refresh cookies and access tokens that can be made to end early. */
export function fakeAccounts() {
  const accounts = new Map<string, Account>()
  const refreshTokens = new Map<string, string>()
  const accessTokens = new Map<string, string>()

  function grant(email: string) {
    const access = randomBytes(16).toString('hex')
    const refresh = randomBytes(16).toString('hex')
    accessTokens.set(access, email)
    refreshTokens.set(refresh, email)
    return {
      refresh,
      body: { access_token: access, token_type: 'Bearer', expires_in: 600, user: accounts.get(email)?.user },
    }
  }

  return {
    /** As if every access token had just run out. */
    endAccessTokens: () => accessTokens.clear(),
    endSessions: () => {
      accessTokens.clear()
      refreshTokens.clear()
    },
    register(email: string, password: string, fullName: string) {
      if (accounts.has(email)) return undefined
      const now = new Date().toISOString()
      const id = `usr_${String(accounts.size + 1).padStart(32, '0')}`
      const user: User = {
        id,
        email,
        username: null,
        full_name: fullName,
        role: 'user',
        plan: 'free',
        company_id: null,
        created_at: now,
        updated_at: now,
      }
      accounts.set(email, { user, password })
      return grant(email)
    },
    signIn: (email: string, password: string) =>
      accounts.get(email)?.password === password ? grant(email) : undefined,
    refresh(token: string | undefined) {
      const email = token ? refreshTokens.get(token) : undefined
      if (!token || !email) return undefined
      refreshTokens.delete(token)
      return grant(email)
    },
    userOf(authorization: string | undefined): User | undefined {
      const email = accessTokens.get((authorization ?? '').replace(/^Bearer /, ''))
      return email ? accounts.get(email)?.user : undefined
    },
  }
}
