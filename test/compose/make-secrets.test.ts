import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeSecrets } from '../../docker/make-secrets.ts'
import { parseKeyRing } from '../../packages/vault/src/key-ring.ts'

let folder = ''
let given = ''
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'secrets-'))
  given = mkdtempSync(path.join(tmpdir(), 'given-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  rmSync(given, { recursive: true })
})

const owners = new Map<string, number>()
const make = (environment: NodeJS.ProcessEnv = {}) =>
  makeSecrets({ folder, given, environment, chown: (file, uid) => owners.set(file.replace(/\.new$/, ''), uid) })
const read = (name: string) => readFileSync(path.join(folder, name), 'utf8')
const everything = () =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => [path.join(parentPath, name), readFileSync(path.join(parentPath, name), 'utf8')]),
  )

test('made once, the secrets stay the same at every later start', () => {
  make()
  const first = everything()
  make()

  expect(everything()).toEqual(first)
  expect(() => parseKeyRing(read('auth/vault_keys'))).not.toThrow()
  expect(read('consensus-orchestrator/vault_keys')).toBe(read('auth/vault_keys'))
})

test('each container’s files are its own account’s, and nobody else may read them', () => {
  make()

  expect(owners.get(path.join(folder, 'postgres', 'password'))).toBe(999)
  expect(owners.get(path.join(folder, 'gateway', 'redis_url'))).toBe(1000)
  expect(statSync(path.join(folder, 'gateway', 'redis_url')).mode & 0o777).toBe(0o400)
  expect(statSync(path.join(folder, '.generated.json')).mode & 0o777).toBe(0o600)
})

test('no service finds another’s password', () => {
  make()
  const passwords = (name: string) => [...read(name).matchAll(/:\/\/\w[\w-]*:([^@]+)@/g)].map(([, text]) => text)

  expect(passwords('auth/database_url')).not.toEqual(passwords('ai-inference/database_url'))
  expect(passwords('auth/rabbitmq_url')).not.toEqual(passwords('gateway/rabbitmq_url'))
  expect(readdirSync(path.join(folder, 'gateway'))).not.toContain('database_url')
  expect(readdirSync(path.join(folder, 'gateway'))).not.toContain('vault_keys')
})

test('a secret that is given wins, and is not kept: when it is taken away, the one before is back', () => {
  make()
  const madeUp = read('redis/password')
  writeFileSync(path.join(given, 'redis_password'), 'one of my own\n')
  writeFileSync(path.join(given, 'openai_api_key'), 'sk-mine')
  make()
  expect([read('redis/password'), read('ai-inference/openai_api_key')]).toEqual(['one of my own', 'sk-mine'])
  expect(read('gateway/redis_url')).toBe('redis://:one%20of%20my%20own@redis:6379')
  expect(read('.generated.json')).not.toContain('one of my own')

  make({ REDIS_PASSWORD: 'from the environment' })
  expect(read('redis/password')).toBe('from the environment')

  rmSync(path.join(given, 'redis_password'))
  make()
  expect(read('redis/password')).toBe(madeUp)
})

test('a file whose name is no secret’s stops the start', () => {
  writeFileSync(path.join(given, 'openai-api-key'), 'sk-mine')

  expect(() => make()).toThrow(/openai-api-key/)
})

test('what a container reads no more is removed', () => {
  writeFileSync(path.join(given, 'team-webhook'), 'https://hooks.example/1')
  make()
  expect(readdirSync(path.join(folder, 'alertmanager'))).toEqual(['team-webhook'])

  rmSync(path.join(given, 'team-webhook'))
  make()
  expect(readdirSync(path.join(folder, 'alertmanager'))).toEqual([])
})

test('a secret that is added by an upgrade is made up beside those that are there', () => {
  make()
  const kept = JSON.parse(read('.generated.json'))
  const before = read('auth/vault_keys')
  delete kept['kibana_password']
  writeFileSync(path.join(folder, '.generated.json'), JSON.stringify(kept))
  make()

  expect(read('kibana/kibana_password')).toMatch(/^[\w-]{32}$/)
  expect(read('auth/vault_keys')).toBe(before)
})
