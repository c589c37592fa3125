import { expect, test } from 'vitest'
import { accessToken, type Grant } from './access-token.ts'

function setUp(grants: (Grant | 'refused' | Error)[]) {
  let now = 0
  let renewals = 0
  let refusals = 0
  const token = accessToken({
    now: () => now,
    renew: async () => {
      const grant = grants[renewals]
      renewals += 1
      await Promise.resolve()
      if (grant === undefined || grant instanceof Error) throw grant ?? new Error('not expected')
      return grant
    },
    onRefused: () => (refusals += 1),
  })
  return { token, pass: (ms: number) => (now += ms), renewals: () => renewals, refusals: () => refusals }
}

test('renews once for all who ask at the same time', async () => {
  const { token, renewals } = setUp([{ token: 'second', expiresInS: 600 }])
  token.set({ token: 'first', expiresInS: 600 })

  const all = await Promise.all([token.replace('first'), token.replace('first'), token.replace('first')])

  expect(all).toEqual(['second', 'second', 'second'])
  expect(renewals()).toBe(1)
})

test('answers who comes late with the token that was renewed already', async () => {
  const { token, renewals } = setUp([{ token: 'second', expiresInS: 600 }])
  token.set({ token: 'first', expiresInS: 600 })
  await token.replace('first')

  expect(await token.replace('first')).toBe('second')
  expect(renewals()).toBe(1)
})

test('renews before the token runs out', async () => {
  const { token, pass, renewals } = setUp([{ token: 'second', expiresInS: 600 }])
  token.set({ token: 'first', expiresInS: 600 })

  expect(await token.current()).toBe('first')
  pass(590_000)

  expect(await token.current()).toBe('second')
  expect(renewals()).toBe(1)
})

test('forgets the token and says so when the session is refused', async () => {
  const { token, refusals } = setUp(['refused'])
  token.set({ token: 'first', expiresInS: 600 })

  expect(await token.replace('first')).toBeUndefined()
  expect(await token.current()).toBeUndefined()
  expect(refusals()).toBe(1)
})

test('keeps the session when nobody could answer', async () => {
  const { token, refusals } = setUp([new Error('offline'), { token: 'second', expiresInS: 600 }])
  token.set({ token: 'first', expiresInS: 600 })

  await expect(token.replace('first')).rejects.toThrow('offline')

  expect(await token.replace('first')).toBe('second')
  expect(refusals()).toBe(0)
})

test('does not bring back a session that was left during a renewal', async () => {
  const { token } = setUp([{ token: 'second', expiresInS: 600 }])
  token.set({ token: 'first', expiresInS: 600 })

  const renewal = token.replace('first')
  token.clear()

  expect(await renewal).toBeUndefined()
  expect(await token.current()).toBeUndefined()
})
