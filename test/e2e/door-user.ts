import { apiClient, registerUser, textAt } from '@concord/testing/api-client'
import type { ApiClient } from '@concord/testing/api-client'
import type { MeshProcess } from '@concord/testing/mesh-process'

export type DoorUser = { api: ApiClient; key: string; baseURL: string }

/** A user with an API key, as OpenAI's clients take one. */
export async function doorUser(mesh: Pick<MeshProcess, 'url'>, scopes?: readonly string[]): Promise<DoorUser> {
  const { api } = await registerUser(apiClient(mesh.url))
  const made = await api.post('/auth/api-keys', { name: 'a client', ...(scopes ? { scopes } : {}) })
  if (made.status !== 201) throw new Error(`the key was not made: ${made.status} ${made.text}`)
  return { api, key: textAt(made.body, 'key'), baseURL: `${mesh.url}/v1` }
}

/** A user with a key whose day has no end of queries. */
export async function unlimitedDoorUser(mesh: MeshProcess): Promise<DoorUser> {
  const user = await doorUser(mesh)
  const email = `root-${Date.now()}@example.org`
  const made: unknown = JSON.parse(await mesh.command('admin', 'create', '--email', email, '--json'))
  const anyone = apiClient(mesh.url)
  const signedIn = await anyone.post('/auth/login', { email, password: textAt(made, 'password') })
  const id = textAt((await user.api.get('/auth/me')).body, 'id')
  const changed = await anyone
    .as(textAt(signedIn.body, 'access_token'))
    .post(`/admin/users/${id}/plan`, { plan: 'guardian' })
  if (changed.status !== 200) throw new Error(`the plan was not changed: ${changed.status} ${changed.text}`)
  return user
}
