import { apiClient, memberOf } from '@concord/testing/api-client'
import { emulatorControl } from '@concord/testing/emulator-control'
import { startEmulatorsProcess } from '@concord/testing/emulators-process'
import type { EmulatorsProcess } from '@concord/testing/emulators-process'
import type { MeshProcess } from '@concord/testing/mesh-process'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { completedResults } from './deliberations.ts'
import { doorUser } from './door-user.ts'
import type { DoorUser } from './door-user.ts'
import { embeddedMesh } from './meshes.ts'

let emulators: EmulatorsProcess
let mesh: MeshProcess
beforeAll(async () => {
  emulators = await startEmulatorsProcess()
  mesh = await embeddedMesh({ ...emulators.settings, EMULATORS: 'false' })
})
afterEach(() => emulatorControl(emulators.url).reset())
afterAll(async () => {
  await mesh?.close()
  await emulators?.close()
})

const clientOf = ({ key, baseURL }: DoorUser) => new OpenAI({ apiKey: key, baseURL, maxRetries: 0 })
const ask = (content: string) => [{ role: 'user' as const, content }]

/** How a stream ends whose server dies after its first words; true when it ended as if it were whole. */
async function killWhile(stream: AsyncIterable<unknown>, ready: () => Promise<unknown>): Promise<boolean> {
  let killing: Promise<void> | undefined
  try {
    for await (const _chunk of stream) killing ??= ready().then(() => mesh.kill())
    return true
  } catch {
    return false
  } finally {
    await killing
    mesh = await mesh.restart()
  }
}

const usageSql = 'select status, estimated, input_tokens, output_tokens, user_id from inference.usage'

test('a process killed in the middle of a model’s stream has its tokens counted, once, and leaves no call open', async () => {
  await emulatorControl(emulators.url).fault({ provider: 'openai', fault: { kind: 'hang', after_chunks: 6 } })
  const user = await doorUser(mesh)
  const stream = await clientOf(user).chat.completions.create({
    model: 'gpt5',
    messages: ask('What is 17 * 23?'),
    stream: true,
  })
  const written = () =>
    expect
      .poll(() => mesh.rows(`select entry from inference.open_calls where (entry ->> 'output_tokens')::int > 0`))
      .toHaveLength(1)

  expect(await killWhile(stream, written)).toBe(false)

  await expect.poll(() => mesh.rows(usageSql)).toHaveLength(1)
  const [row] = await mesh.rows(usageSql)
  expect(row).toMatchObject({ status: 'interrupted', estimated: true })
  const tokens = Number(row?.['input_tokens']) + Number(row?.['output_tokens'])
  expect(Number(row?.['output_tokens'])).toBeGreaterThan(0)
  expect(await mesh.rows(`select tokens::int from inference.usage_days`)).toEqual([{ tokens }])
  expect(await mesh.rows('select id from inference.open_calls')).toEqual([])
})

test('a process killed in the middle of a council’s stream finishes its query, which the same key then gives whole, counted once', async () => {
  await emulatorControl(emulators.url).fault({ fault: { kind: 'latency', ms: 700, jitter_ms: 0 } })
  const user = await doorUser(mesh)
  const call = (client: OpenAI, stream: boolean) =>
    client.chat.completions.create(
      { model: 'concord', messages: ask('What is 18 * 23?'), stream },
      { headers: { 'idempotency-key': 'the-same' } },
    )

  const stream = await call(clientOf(user), true)
  if (!(Symbol.asyncIterator in stream)) throw new Error('not a stream')
  expect(await killWhile(stream, async () => {})).toBe(false)

  const api = apiClient(mesh.url).as(user.key)
  const { body } = await api.get('/queries')
  const queries = memberOf(body, 'data')
  const id = Array.isArray(queries) ? String(memberOf(queries[0], 'query_id') ?? memberOf(queries[0], 'id')) : ''
  const { metadata, consensus } = await completedResults(api, id)
  expect([metadata.models_failed, consensus.answer]).toEqual([[], '414'])

  const again = await call(clientOf(user), false)
  expect(again).toMatchObject({ id: `chatcmpl-${id}`, concord: { query_id: id, answer: '414' } })
  expect(memberOf((await api.get('/user/stats')).body, 'total_queries')).toBe(1)
  expect(await mesh.rows(`select id from inference.turns where state = 'running'`)).toEqual([])
})
