import { apiClient, memberOf, registerUser, submitQuery, testPassword, textAt } from '@concord/testing/api-client'
import { startMeshProcess } from '@concord/testing/mesh-process'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { patiently } from '@concord/testing/patience'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { completedResults } from './deliberations.ts'

const leadS = 11
let mesh: MeshProcess

beforeAll(async () => {
  mesh = await startMeshProcess()
})
afterAll(() => mesh.close())

/** People who register, ask, read and ask who they are, one after another, until `stop`; gives what went wrong. */
function startLoad(url: string) {
  const failures: unknown[] = []
  let [asked, going] = [0, true]
  const person = async (): Promise<void> => {
    while (going) {
      try {
        const { api } = await registerUser(apiClient(url))
        await completedResults(api, await submitQuery(api, { query: 'What is 6 * 7?' }))
        const me = await api.get('/auth/me')
        if (me.status !== 200) throw new Error(`/auth/me answered ${me.status}: ${me.text}`)
        asked += 1
      } catch (error) {
        failures.push(error)
      }
    }
  }
  const people = Promise.all([person(), person()])
  return {
    asked: () => asked,
    async stop() {
      going = false
      await people
      return failures
    },
  }
}

async function signIn(email: string): Promise<string> {
  const { body } = await apiClient(mesh.url).post('/auth/login', { email, password: testPassword })
  return textAt(body, 'access_token')
}

/** The key that signed a token, by its header. */
function kidOf(token: string): unknown {
  return memberOf(JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()), 'kid')
}

type Key = { id: string; current: boolean; removable: boolean }

async function vaultKeys(): Promise<Key[]> {
  const status: unknown = JSON.parse(await mesh.command('keys', 'status', '--json'))
  const keys = memberOf(status, 'vault')
  return Array.isArray(keys) ? keys : []
}

test('both kinds of key are changed under load without a request that fails, and what was written before is read afterwards', async () => {
  const { api, email } = await registerUser(apiClient(mesh.url))
  const id = await submitQuery(api, { query: 'What is 6 * 7?' })
  const results = await completedResults(api, id)
  const before = kidOf(api.token ?? '')
  const load = startLoad(mesh.url)
  await expect.poll(load.asked).toBeGreaterThan(1)

  const signing: unknown = JSON.parse(
    await mesh.command('keys', 'rotate', 'signing', '--lead', String(leadS), '--json'),
  )
  const vault: unknown = JSON.parse(await mesh.command('keys', 'rotate', 'vault', '--json'))
  const kidOfToken = async () => kidOf(await signIn(email))
  await expect.poll(kidOfToken, { ...patiently, interval: 500 }).toBe(memberOf(signing, 'kid'))
  const asked = load.asked()
  await expect.poll(load.asked).toBeGreaterThan(asked + 2)
  const failures = await load.stop()

  expect(failures).toEqual([])
  expect(memberOf(signing, 'kid')).not.toBe(before)
  expect(memberOf(vault, 'outcome')).toBe('wrapped')
  // The former token still holds, and reads.
  expect((await api.get(`/queries/${id}/results`)).body).toEqual(results)
})

test('the former key of the ring is taken out when nothing needs it, and everything is still read, also after a restart', async () => {
  const { api } = await registerUser(apiClient(mesh.url))
  const id = await submitQuery(api, { query: 'What is 6 * 8?' })
  const results = await completedResults(api, id)
  await expect.poll(async () => (await vaultKeys()).filter(({ removable }) => removable), patiently).toHaveLength(1)
  const keys = await vaultKeys()
  const former = keys.find(({ removable }) => removable)?.id ?? ''
  const current = keys.find((key) => key.current)?.id ?? ''

  await expect(mesh.command('keys', 'remove', current)).rejects.toThrow('is the current key')
  await mesh.command('keys', 'remove', former)
  await mesh.stop()
  mesh = await mesh.restart()

  expect((await vaultKeys()).map((key) => key.id)).toEqual([current])
  expect((await api.get(`/queries/${id}/results`)).body).toEqual(results)
  await expect(mesh.command('keys', 'remove', former)).rejects.toThrow(`no key ${former}`)
})
