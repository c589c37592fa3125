import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { engines } from '@concord/testing/engines'
import { startMeshProcess } from '@concord/testing/mesh-process'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { spawnNode } from '@concord/testing/node-process'
import { patiently } from '@concord/testing/patience'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { handlers } from './status/handlers.ts'

type Outcome = { code: number | null; stdout: string; stderr: string }

async function concord(settings: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const child = spawnNode({
    args: ['--conditions=@concord/source', 'packages/mesh/src/main.ts', ...args],
    environment: settings,
    channel: false,
  })
  const { code } = await child.exited
  return { code, stdout: child.stdout(), stderr: child.stderr() }
}

describe('beside the embedded mesh', () => {
  let mesh: MeshProcess
  let settings: Record<string, string>
  beforeAll(async () => {
    mesh = await startMeshProcess()
    settings = { CONCORD_DATA_DIR: mesh.folder }
  })
  afterAll(() => mesh.close())

  test('status finds every service, model and queue up, on the mesh’s own database', async () => {
    const { code, stdout, stderr } = await concord(settings, 'status', '--json')

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const status = JSON.parse(stdout)
    expect(status).toMatchObject({ healthy: true, problems: [], redis: null, bus: { told: { kind: 'table' } } })
    expect(status.services.map((one: { state: string }) => one.state)).toEqual(['up', 'up', 'up', 'up'])
    expect(status.database.told.queries).toEqual({ running: 0, stuck: 0, oldest_stuck_ms: 0 })
    expect(status.providers.models.told.map((one: { state: string }) => one.state)).toContain('sandbox')
    const queues: { handler: string }[] = status.bus.told.queues
    expect(queues.map(({ handler }) => handler)).toEqual(handlers.toSorted())
  })

  test('loadtest follows what it asks to the end, and its answer is one JSON document', async () => {
    const { code, stdout, stderr } = await concord(
      settings,
      'loadtest',
      '--queries',
      '6',
      '--concurrency',
      '3',
      '--json',
    )

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 6, completed: 6, lost: 0, stuck: 0, refused: 0 })
  })

  test('dlq lists, shows without the content, replays only what somebody handles, and drops', async () => {
    const insert = (id: string, handler: string, body: string) =>
      mesh.rows(`insert into bus.deliveries (message_id, type, handler, body, headers, failures, dead_at, reason)
        values ('${id}', 'user.erased.v1', '${handler}', '${body}', '{}', 5, now(), 'Error: it broke') returning id`)
    await insert('gone-1', 'nobody.user.erased.v1', '{"data": {"note": "Ada wrote this"}}')
    await insert('bad-1', 'ai-inference.user.erased.v1', '{"data": {"note": "Ada wrote this"}}')

    const listed = await concord(settings, 'dlq', 'list', '--json')
    const shown = await concord(settings, 'dlq', 'show', 'gone-1')
    expect(JSON.parse(listed.stdout)).toMatchObject({ total: 2, letters: [{ id: 'gone-1' }, { id: 'bad-1' }] })
    expect(shown.stdout).toContain('Error: it broke')
    expect(listed.stdout + shown.stdout).not.toContain('Ada')

    const replayed = await concord(settings, 'dlq', 'replay', '--all', '--json')
    expect(JSON.parse(replayed.stdout)).toMatchObject({ replayed: 1, unhandled: 1 })
    expect(replayed.stderr).toContain('nobody handles them')
    // The mesh takes it up, and it breaks its contract: it is a dead letter again, with a reason of its own.
    const reason = () =>
      mesh.rows(`select reason from bus.deliveries where message_id = 'bad-1' and dead_at is not null`)
    await expect.poll(reason, patiently).toMatchObject([{ reason: expect.stringContaining('contract') }])

    const asked = await concord(settings, 'dlq', 'drop', '--all')
    expect(asked).toMatchObject({ code: 2, stderr: expect.stringContaining('--yes') })
    expect(JSON.parse((await concord(settings, 'dlq', 'drop', '--all', '--yes', '--json')).stdout)).toEqual({
      dropped: 2,
      left: 0,
    })
    expect(await concord(settings, 'dlq', 'show', 'gone-1')).toMatchObject({ code: 1, stdout: '' })
  })

  test('status is unhealthy once the mesh was killed, and starts nothing in its place', async () => {
    await mesh.kill()

    const { code, stdout } = await concord(settings, 'status', '--json')

    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({ healthy: false, services: null, database: null })
  })
})

test('status on PostgreSQL, Redis and RabbitMQ sees each queue with its consumer, and which replica is down', async () => {
  const engine = await engines[1].open({ migrations: [] })
  const { databaseUrl: DATABASE_URL, redisUrl: REDIS_URL = '', rabbitMqUrl: RABBITMQ_URL = '' } = engine
  const real = { DATABASE_URL, REDIS_URL, RABBITMQ_URL }
  const mesh = await startMeshProcess(real)
  try {
    const up = await concord({ ...real, CONCORD_DATA_DIR: mesh.folder }, 'status', '--json')
    const status = JSON.parse(up.stdout)
    expect(status.problems).toEqual([])
    expect(status).toMatchObject({ redis: { state: 'up' }, bus: { told: { kind: 'RabbitMQ' } } })
    expect(status.bus.told.queues).toEqual(handlers.map((handler) => ({ handler, waiting: 0, consumers: 1 })))

    const elsewhere = { ...real, GATEWAY_URL: 'http://127.0.0.1:1', REDIS_URL: 'redis://:hidden@127.0.0.1:1' }
    const down = await concord(elsewhere, 'status', '--json')
    expect(down.code).toBe(1)
    expect(JSON.parse(down.stdout)).toMatchObject({
      services: expect.arrayContaining([expect.objectContaining({ service: 'gateway', state: 'down' })]),
      redis: { state: 'down' },
      database: { state: 'up' },
    })
    expect(down.stdout + down.stderr).not.toContain('hidden')
  } finally {
    await mesh.close()
    await engine.close()
  }
})

test.each([
  { args: ['nonsense'], code: 2, says: 'There is no command nonsense' },
  { args: ['migrate', '--nonsense'], code: 2, says: "unknown option '--nonsense'" },
  { args: ['dlq', 'list', '--limit', 'many'], code: 2, says: 'A whole number from 0 to 1000' },
  { args: ['loadtest', '--url', 'http://127.0.0.1:1'], code: 1, says: 'Nothing answers at http://127.0.0.1:1' },
  { args: ['dlq', 'list'], code: 1, says: 'RABBITMQ_URL: what should listen at 127.0.0.1:1 cannot be used' },
])('concord $args ends with $code and one sentence, on standard error or as JSON', async ({ args, code, says }) => {
  const unreachable = { RABBITMQ_URL: 'amqp://u:hidden@127.0.0.1:1', CONCORD_DATA_DIR: path.join(tmpdir(), 'none') }

  const outcome = await concord(unreachable, ...args, '--json')

  expect(outcome.code).toBe(code)
  expect(outcome.stderr.trim().split('\n')).toEqual([expect.stringContaining(says)])
  expect(JSON.parse(outcome.stdout)).toEqual({ error: expect.stringContaining(says) })
  expect(outcome.stderr).not.toContain('hidden')
})

test('up --json tells its address as the only thing on standard output', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'concord-up-'))
  const settings = { CONCORD_DATA_DIR: folder, PORT: '0', EMULATOR_PACE: 'instant' }
  const child = spawnNode({
    args: ['--conditions=@concord/source', 'packages/mesh/src/main.ts', 'up', '--json'],
    environment: settings,
  })
  await expect.poll(() => child.stdout(), patiently).toContain('\n')

  const { services } = JSON.parse(await readFile(path.join(folder, 'runtime.json'), 'utf8'))
  const exit = await child.stop()

  expect(JSON.parse(child.stdout())).toMatchObject({ emulated: true, url: expect.stringMatching(/^http:/) })
  expect(new URL(services.gateway[0]).port).toBe(new URL(JSON.parse(child.stdout()).url).port)
  expect(exit.code).toBe(0)
  await rm(folder, { recursive: true, force: true })
})
