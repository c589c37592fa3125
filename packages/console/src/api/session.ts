import { signal } from '@preact/signals'
import type { SignedIn, User } from '@concord/contracts/identity'
import { onSessionRefused, request, sendAuth, token } from './client.ts'
import { RequestFailure } from './request-failure.ts'
import { readSetting, writeSetting } from '../page/settings-store.ts'

export type Session =
  | { state: 'unknown'; failure?: RequestFailure }
  /** `ended`: it was there a moment ago, and the page should say that it is over. */
  | { state: 'anonymous'; ended: boolean }
  | { state: 'signed-in'; user: User }

type BrowserSignedIn = Omit<SignedIn, 'refresh_token'>

export const session = signal<Session>({ state: 'unknown' })

/** Remembers that a cookie is worth trying (never a secret): who never signed in here causes no refused call. */
const hint = 'concord.session'
let renewalTimer: ReturnType<typeof setTimeout> | undefined

onSessionRefused(() => end({ ended: session.value.state === 'signed-in' }))

/** Takes the session up again by the cookie, silently. */
export async function restoreSession(): Promise<void> {
  if (readSetting(hint) === undefined) {
    session.value = { state: 'anonymous', ended: false }
    return
  }
  try {
    if (!(await token.renew())) return
    const user = await request<User>('GET', '/auth/me')
    enter(user)
  } catch (error) {
    session.value = { state: 'unknown', failure: error instanceof RequestFailure ? error : new RequestFailure(0) }
  }
}

export async function signIn(credentials: { email: string; password: string }): Promise<void> {
  enterWith(await sendAuth<BrowserSignedIn>('login', credentials))
}

export async function register(account: { email: string; password: string; full_name: string }): Promise<void> {
  enterWith(await sendAuth<BrowserSignedIn>('register', account))
}

export async function signOut(): Promise<void> {
  try {
    await request('POST', '/auth/logout', { headers: { 'x-concord-client': 'console' } })
  } catch (error) {
    // Without an answer the session would live on behind a page that says it is over.
    if (!(error instanceof RequestFailure) || error.status !== 401) throw error
  }
  end({ ended: false })
}

/** Another tab signed out, or in as somebody else. */
export function followOtherTabs(): void {
  addEventListener('storage', ({ key, newValue }) => {
    if (key !== hint) return
    const user = session.value.state === 'signed-in' ? session.value.user.id : undefined
    if (newValue === user) return
    token.clear()
    if (newValue === null) end({ ended: false })
    else void restoreSession()
  })
}

function enterWith(answer: BrowserSignedIn): void {
  token.set({ token: answer.access_token, expiresInS: answer.expires_in })
  enter(answer.user, answer.expires_in)
}

function enter(user: User, expiresInS = 600): void {
  writeSetting(hint, user.id)
  session.value = { state: 'signed-in', user }
  renewBefore(expiresInS)
}

function end({ ended }: { ended: boolean }): void {
  clearTimeout(renewalTimer)
  token.clear()
  writeSetting(hint, undefined)
  session.value = { state: 'anonymous', ended }
}

/** Keeps a page that is only looked at signed in; a page that asks renews by itself. */
function renewBefore(expiresInS: number): void {
  clearTimeout(renewalTimer)
  const inMs = Math.max(5_000, (expiresInS - 60) * 1000)
  renewalTimer = setTimeout(() => {
    if (session.value.state !== 'signed-in') return
    token.renew().then(
      () => renewBefore(expiresInS),
      () => renewBefore(90),
    )
  }, inMs)
}
