import { readFileSync, globSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { generated, secretFiles } from '../../docker/secret-files.ts'
import { containersOf, productionContainers } from './compose-files.ts'

const base = containersOf('docker-compose.yml')
const production = productionContainers()
const all = Object.entries(production)
/** Run to their end at every start, or by hand. */
const once = ['secrets', 'migrate', 'operator', 'logs-setup']
const lasting = all.filter(([name]) => !once.includes(name) && name !== 'emulators')

test('only the edge is published in production, and all else on the loopback interface at most', () => {
  expect(all.filter(([, { ports }]) => ports.length > 0).map(([name]) => name)).toEqual(['nginx'])
  const inside = Object.entries(base).filter(([name]) => name !== 'nginx')
  expect(inside.flatMap(([, { ports }]) => ports).filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([])
  expect(base['nginx']?.ports.map((port) => port.replace(/:\$\{CONCORD_HTTPS?_PORT.*/, ''))).toEqual([
    '${CONCORD_ADDRESS:-127.0.0.1}',
    '${CONCORD_ADDRESS:-127.0.0.1}',
  ])
})

describe.each(all)('%s', (name, container) => {
  test('may do no more than it needs', () => {
    expect(container.cap_drop).toEqual(['ALL'])
    expect(container.security_opt).toContain('no-new-privileges:true')
    // Both write beside their programs what they find in their environment.
    expect(container.read_only).toBe(!['elasticsearch', 'kibana'].includes(name))
    expect(container.volumes.filter((mount) => JSON.stringify(mount).includes('docker.sock'))).toEqual([])
  })

  test('names an exact version', () => {
    const ours = /^concord\/[a-z-]+:\$\{CONCORD_VERSION:-\d+\.\d+\.\d+\}$/
    expect(container.image).toMatch(container.build ? ours : /^[\w./-]+:v?\d+\.\d+(\.\d+)?[\w-]*$/)
  })
})

test.each(lasting)('%s is kept up, within limits, with a log that ends', (name, container) => {
  expect(container.restart).toBe('always')
  expect(container.deploy?.resources?.limits).toMatchObject({ cpus: expect.any(String), memory: expect.any(String) })
  expect(container.logging?.options).toMatchObject({ 'max-size': expect.any(String), 'max-file': expect.any(String) })
  expect(name).not.toBe('')
})

test('no secret stands in a compose file', () => {
  const secret = /(PASSWORD|SECRET|KEY|TOKEN|KEYS|CLIENTS)$/
  const written = all.flatMap(([name, { environment }]) =>
    Object.entries(environment)
      .filter(([setting, value]) => secret.test(setting) && value !== null && !String(value).startsWith('/'))
      .map(([setting]) => `${name}: ${setting}`),
  )
  expect(written).toEqual([])
})

test('the databases of production have a replica and a pooler, and services wait for it', () => {
  expect(Object.keys(production)).toEqual(expect.arrayContaining(['postgres-replica', 'pgbouncer', 'certbot']))
  for (const service of ['auth', 'consensus-orchestrator', 'ai-inference']) {
    expect(Object.keys(production[service]?.depends_on ?? {})).toContain('pgbouncer')
  }
  expect(production['secrets']?.environment).toMatchObject({ DATABASE_ADDRESS: 'pgbouncer:6432' })
})

test('logs go to the profile’s own containers, and the emulators to no production', () => {
  const logs = Object.keys(base).filter((name) => base[name]?.profiles.includes('logs'))
  expect(logs).toEqual(['elasticsearch', 'logs-setup', 'kibana', 'log-shipper'])
  expect(production['emulators']?.profiles).toEqual(['sandbox'])
})

test('each role of the database reaches its own service’s schema', () => {
  const grants = readFileSync('docker/postgres/grants.sql', 'utf8')
  const roles = readFileSync('docker/postgres/roles.sql', 'utf8')
  const migrations = globSync('services/*/migrations/*.sql').map((file) => readFileSync(file, 'utf8'))
  const schemas = migrations.flatMap((sql) => [...sql.matchAll(/CREATE SCHEMA "(\w+)"/g)].map(([, name]) => name ?? ''))
  const granted = [...grants.matchAll(/\('(\w+)', '(\w+)'\)/g)]

  expect(new Set(granted.map(([, schema]) => schema))).toEqual(new Set(schemas))
  for (const [, , role] of granted) expect(roles).toContain(`alter role ${role} login nosuperuser nocreatedb`)
})

test('the role of the operators’ command may see every connection, and how far the replica is', () => {
  const secrets = Object.fromEntries(generated.map((name) => [name, 'made up']))

  expect(secretFiles(secrets, 'pgbouncer:6432')['operator']?.files['database_url']).toContain('//concord_owner:')
  expect(readFileSync('docker/postgres/roles.sql', 'utf8')).toContain('grant pg_read_all_stats to concord_owner;')
})
