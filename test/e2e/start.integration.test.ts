import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { apiClient, registerUser, submitQuery } from '@concord/testing/api-client'
import { forTests } from '@concord/testing/mesh-process'
import { freePort, spawnNode, untilWritten } from '@concord/testing/node-process'
import type { NodeProcess } from '@concord/testing/node-process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { completedResults } from './deliberations.ts'

let folder: string
let taken: Server
let takenPort: number
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'concord-start-'))
  await writeFile(path.join(folder, 'a file'), '')
  takenPort = await freePort()
  taken = createServer().listen(takenPort, '127.0.0.1')
})
afterAll(async () => {
  taken.close()
  await rm(folder, { recursive: true, force: true })
})

type Settings = Record<string, string>

/** `npm start` as npm runs it, in a group of its own. */
function start(settings: Settings, group = false): NodeProcess {
  const environment = { ...forTests, CONCORD_DATA_DIR: path.join(folder, 'data'), ...settings }
  return spawnNode({ args: ['scripts/start.mjs'], environment, channel: false, group })
}

const ready = /^Concord is ready at (http:\/\/localhost:\d+)$/m

describe('a start that succeeds', () => {
  test('says where it is, keeps accounts, tokens and results over a stop, and ends with status 0 on SIGTERM', async () => {
    const PORT = String(await freePort())
    const first = start({ PORT })
    const [, url = ''] = await untilWritten(first, ready)
    const { api, email } = await registerUser(apiClient(url))
    const id = await submitQuery(api, { query: 'What is 6 * 7?' })
    const results = await completedResults(api, id)

    expect(url).toBe(`http://localhost:${PORT}`)
    expect(await first.stop('SIGTERM')).toEqual({ code: 0, signal: null })
    expect(first.stderr()).toBe('')
    expect(first.stdout()).not.toContain(String.fromCharCode(27))

    const second = start({ PORT })
    await untilWritten(second, ready)
    expect((await api.get('/auth/me')).body).toMatchObject({ email })
    expect((await api.get(`/queries/${id}/results`)).body).toEqual(results)
    expect(await second.stop('SIGTERM')).toEqual({ code: 0, signal: null })
  })

  test('ends with status 0 when a terminal sends Ctrl-C to the whole group, also while it still starts', async () => {
    const whole = start({ PORT: '0' }, true)
    await untilWritten(whole, ready)
    process.kill(-whole.pid, 'SIGINT')
    expect(await whole.exited).toEqual({ code: 0, signal: null })

    const early = start({ PORT: '0' }, true)
    await untilWritten(early, /Opening the database/)
    process.kill(-early.pid, 'SIGINT')
    expect(await early.exited).toEqual({ code: 0, signal: null })
  })

  test('ends a running deliberation’s wait in time', async () => {
    const running = start({ PORT: '0', EMULATOR_PACE: 'human' })
    const [, url = ''] = await untilWritten(running, ready)
    const { api } = await registerUser(apiClient(url))
    await submitQuery(api, { query: 'Why does sleep matter?' })
    const stream = await fetch(`${url}/api/v1/ws-tickets`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}` },
    })
    await stream.text()

    expect(await running.stop('SIGTERM')).toEqual({ code: 0, signal: null })
  })
})

describe('a start that cannot be', () => {
  const failures: { why: string; settings: () => Settings; sentence: RegExp }[] = [
    { why: 'its port is taken', settings: () => ({ PORT: String(takenPort) }), sentence: /Port \d+ .*taken.*PORT/ },
    {
      why: 'its emulators’ port is taken',
      settings: () => ({ EMULATOR_PORT: String(takenPort) }),
      sentence: /taken.*EMULATOR_PORT/,
    },
    {
      why: 'its data folder is a file',
      settings: () => ({ CONCORD_DATA_DIR: path.join(folder, 'a file') }),
      sentence: /data folder .* cannot be written/,
    },
    { why: 'a setting is no number', settings: () => ({ PORT: 'http' }), sentence: /^PORT: / },
    { why: 'a service’s setting is wrong', settings: () => ({ TURN_DEADLINE_S: '0' }), sentence: /^TURN_DEADLINE_S: / },
    { why: 'a key ring is none', settings: () => ({ VAULT_KEYS: 'k1:abc' }), sentence: /^VAULT_KEYS: / },
    {
      why: 'recordings cannot be read',
      settings: () => ({ EMULATOR_RECORDINGS: path.join(folder, 'none.jsonl') }),
      sentence: /^EMULATOR_RECORDINGS: /,
    },
    {
      why: 'the database does not answer',
      settings: () => ({ DATABASE_URL: 'postgres://someone:a-secret@127.0.0.1:1/x' }),
      sentence: /^DATABASE_URL: .*127\.0\.0\.1:1 /,
    },
    {
      why: 'the host is not of this machine',
      settings: () => ({ HOST: '203.0.113.1' }),
      sentence: /cannot listen.*HOST/,
    },
  ]

  test.each(failures)('says so in one sentence and ends with status 1 when $why', async ({ settings, sentence }) => {
    const failing = start({ PORT: '0', ...settings() })
    const { code } = await failing.exited

    expect(failing.stderr().trim().split('\n')).toEqual([expect.stringMatching(sentence)])
    expect(failing.stdout() + failing.stderr()).not.toMatch(/^\s+at |a-secret/m)
    expect(code).toBe(1)
  })

  test('names the process that holds its data folder', async () => {
    const first = start({ PORT: '0' })
    await untilWritten(first, ready)
    const second = start({ PORT: '0' })
    const { code } = await second.exited

    expect(second.stderr().trim().split('\n')).toEqual([expect.stringMatching(/in use.*process \d+/)])
    expect(code).toBe(1)
    expect(await first.stop('SIGTERM')).toEqual({ code: 0, signal: null })
  })
})
