import { appendFile, cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { apiClient, memberOf, registerUser, submitQuery, testPassword, textAt } from '@concord/testing/api-client'
import { testDatabase } from '@concord/testing/database'
import { runCommand, startMeshProcess } from '@concord/testing/mesh-process'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { findPostgres, startPrivatePostgres } from '@concord/testing/private-postgres'
import { postgresVersion } from '@concord/testing/probe'
import { queryRows } from '@concord/testing/query-rows'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { findPostgresTools } from '../../packages/mesh/src/backup/postgres-tools.ts'
import { completedResults } from './deliberations.ts'

const VAULT_KEYS = `k-backup:${Buffer.alloc(32, 5).toString('base64')}`
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'concord-backups-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** An account with an answered query, and what its results were. */
async function answeredQuery(mesh: MeshProcess) {
  const { api, email } = await registerUser(apiClient(mesh.url))
  const id = await submitQuery(api, { query: 'What is 6 * 7?' })
  return { email, id, results: await completedResults(api, id) }
}

/** The results as a later mesh tells them to the same person, who signs in anew. */
async function resultsAgain(url: string, { email, id }: { email: string; id: string }) {
  const answer = await apiClient(url).post('/auth/login', { email, password: testPassword })
  const { body } = await apiClient(url, textAt(answer.body, 'access_token')).get(`/queries/${id}/results`)
  return body
}

const failed = (command: Promise<string>) =>
  command.then(
    () => 'it succeeded',
    (error: Error) => error.message,
  )

describe('a mesh on PostgreSQL', () => {
  test('is written down while it runs, and reads everything again on an empty server', async () => {
    const server = await serverOfTheTools()
    const [source, target] = [await server.database(), await server.database()]
    const to = path.join(folder, 'postgres')
    const mesh = await startMeshProcess({ DATABASE_URL: source, VAULT_KEYS })
    const query = await answeredQuery(mesh)
    const environment = { VAULT_KEYS, CONCORD_DATA_DIR: path.join(folder, 'none'), DATABASE_URL: target }

    const answer: unknown = JSON.parse(await mesh.command('backup', '--to', to, '--json'))
    const whileItRuns = await failed(mesh.command('restore', '--from', to, '--force'))
    await mesh.close()
    await runCommand(['restore', '--from', to], environment)
    const again = await failed(runCommand(['restore', '--from', to], environment))
    await runCommand(['restore', '--from', to, '--force'], environment)
    const restored = await startMeshProcess({ DATABASE_URL: target, VAULT_KEYS })

    expect(memberOf(memberOf(answer, 'manifest'), 'keys')).toMatchObject({ vault: ['k-backup'] })
    expect(whileItRuns).toContain('Stop the services first')
    expect(again).toContain('The database is not empty')
    expect(await resultsAgain(restored.url, query)).toEqual(query.results)
    expect(await submitted(restored, query)).toBe(true)
    await restored.close()
    await server.close()
  })
})

describe('a mesh on the embedded engine', () => {
  let mesh: MeshProcess
  let query: Awaited<ReturnType<typeof answeredQuery>>
  const backup = () => path.join(folder, 'embedded')

  beforeAll(async () => {
    mesh = await startMeshProcess()
    query = await answeredQuery(mesh)
    await mesh.command('backup', '--to', backup())
  })
  afterAll(() => mesh.close())

  test('reads everything again in an empty folder that was given its keys, as PostgreSQL does', async () => {
    const whileItRuns = await failed(mesh.command('restore', '--from', backup()))
    await mesh.stop()
    await rm(path.join(mesh.folder, 'database'), { recursive: true })
    await mesh.command('restore', '--from', backup())
    mesh = await mesh.restart()
    const postgres = await testDatabase({ migrations: [] })
    await runCommand(['restore', '--from', backup()], {
      DATABASE_URL: postgres.url,
      CONCORD_DATA_DIR: mesh.folder,
    })

    expect(whileItRuns).toContain('Stop the mesh first')
    expect(await resultsAgain(mesh.url, query)).toEqual(query.results)
    expect(await submitted(mesh, query)).toBe(true)
    expect(await queryRows(postgres.url, 'select count(*)::int as n from consensus.events')).not.toEqual([{ n: 0 }])
    await postgres.close()
  })

  test('a damaged file, a missing key, and a folder in use are told, and nothing is changed', async () => {
    const postgres = await testDatabase({ migrations: [] })
    const environment = { DATABASE_URL: postgres.url, CONCORD_DATA_DIR: mesh.folder }
    const damaged = path.join(folder, 'damaged')
    await cp(backup(), damaged, { recursive: true })
    await appendFile(path.join(damaged, 'auth.rows.gz'), 'x')

    const told = await Promise.all([
      failed(runCommand(['restore', '--from', damaged], environment)),
      failed(runCommand(['restore', '--from', backup()], { ...environment, VAULT_KEYS })),
      failed(runCommand(['restore', '--from', folder], environment)),
      failed(runCommand(['backup', '--to', backup()], environment)),
    ])

    expect(told[0]).toContain('auth.rows.gz is not what was written')
    expect(told[1]).toMatch(/needs the key k\w+, which VAULT_KEYS/)
    expect(told[2]).toContain('is no backup')
    expect(told[3]).toContain('is not empty')
    expect(await queryRows(postgres.url, `select from pg_namespace where nspname in ('auth', 'migrations')`)).toEqual(
      [],
    )
    await postgres.close()
  })
})

/** Whether the account's next query is answered: sequences, keys and counts go on where they were. */
async function submitted(mesh: MeshProcess, { email }: { email: string }): Promise<boolean> {
  const answer = await apiClient(mesh.url).post('/auth/login', { email, password: testPassword })
  const api = apiClient(mesh.url, textAt(answer.body, 'access_token'))
  await completedResults(api, await submitQuery(api, { query: 'What is 6 * 8?' }))
  return true
}

type Server = { database(): Promise<string>; close(): Promise<void> }

/** The tests' own server; where the pg_dump of this machine is older, one of that pg_dump's own version. */
async function serverOfTheTools(): Promise<Server> {
  const major = Number.parseInt(await postgresVersion(inject('servers').databaseUrl), 10)
  const binaries = findPostgres()
  const usable = await findPostgresTools(undefined, major).catch(() => undefined)
  if (usable || binaries === undefined) {
    const opened: { close(): Promise<void> }[] = []
    return {
      async database() {
        const database = await testDatabase({ migrations: [] })
        opened.push(database)
        return database.url
      },
      close: async () => void (await Promise.all(opened.map((database) => database.close()))),
    }
  }
  const own = await startPrivatePostgres(binaries)
  return {
    async database() {
      const name = `backup_${Math.random().toString(36).slice(2)}`
      await queryRows(own.url, `create database ${name}`)
      return Object.assign(new URL(own.url), { pathname: `/${name}` }).href
    },
    close: () => own.stop(),
  }
}
