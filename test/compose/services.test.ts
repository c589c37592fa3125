import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { makeSecrets } from '../../docker/make-secrets.ts'
import { loadConfig } from '../../packages/service-kit/src/config.ts'
import { readSettings } from '../../scripts/settings.ts'
import { containersOf, productionContainers, secretsOf, withDefaults, type Container } from './compose-files.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'compose-'))
const given = { OPENAI_API_KEY: 'sk-a-key-for-production' }
makeSecrets({ folder, environment: given, chown: () => {} })
afterAll(() => rmSync(folder, { recursive: true }))

const files = { 'docker-compose.yml': containersOf('docker-compose.yml'), production: productionContainers() }
const { services: owners } = await readSettings()
const services = readdirSync('services').toSorted()
/** Of the image: where it listens inside its container. */
const imageSettings = ['HOST', 'PORT']

async function schemaOf(service: string): Promise<z.ZodType> {
  const loaded: unknown = await import(pathToFileURL(path.resolve('services', service, 'src/config.ts')).href)
  return z.object({ Config: z.instanceof(z.ZodType) }).parse(loaded).Config
}

/** What the process in the container sees, with each secret's file where this test has put it. */
function environmentOf(container: Container): NodeJS.ProcessEnv {
  const secrets = secretsOf(container)
  const set = Object.entries(container.environment).filter(([, value]) => value !== null)
  return Object.fromEntries(
    set.map(([name, value]) => {
      const text = withDefaults(String(value)).replace(/\$\{PUBLIC_URL:\?[^}]*\}/, 'https://concord.example')
      const inside = secrets && text.startsWith(`${secrets.target}/`)
      return [name, inside ? path.join(folder, secrets.folder, text.slice(secrets.target.length + 1)) : text]
    }),
  )
}

describe.each(Object.entries(files))('%s', (file, containers) => {
  test('runs every service there is', () => {
    expect(Object.keys(containers)).toEqual(expect.arrayContaining(services))
  })

  test.each(services)('%s gets each of its settings, and no other', (service) => {
    const container = containers[service]
    const known = owners.find(({ owner }) => owner === service)?.settings.map(({ name }) => name) ?? []
    const named = Object.keys(container?.environment ?? {}).map((name) => name.replace(/_FILE$/, ''))

    expect(new Set([...named, ...imageSettings].filter((name) => !name.startsWith('EMULATOR_URL_')))).toEqual(
      new Set(known.filter((name) => !name.startsWith('EMULATOR_URL_'))),
    )
  })

  test.each(services)('%s starts with what it gets', async (service) => {
    const container = containers[service]
    if (!container) throw new Error(`${service} is missing`)
    const config = z
      .looseObject({ NODE_ENV: z.string() })
      .parse(loadConfig(await schemaOf(service), environmentOf(container)))

    expect(config.NODE_ENV).toBe(file === 'production' ? 'production' : 'development')
  })

  test('every address inside names a container on a shared network, at the port of the images', () => {
    const wrong = Object.entries(containers).flatMap(([name, container]) =>
      Object.entries(container.environment).flatMap(([setting, value]) => {
        const [, host = '', port = ''] = /^https?:\/\/([a-z-]+):(\d+)/.exec(withDefaults(String(value ?? ''))) ?? []
        if (host === '' || host === 'localhost') return []
        const target = containers[host]
        const reached = target?.networks.some((network) => container.networks.includes(network))
        const ports = services.includes(host) || host === 'emulators' ? ['8080'] : [port]
        return reached && ports.includes(port) ? [] : [`${name}: ${setting}=${String(value)}`]
      }),
    )
    expect(wrong).toEqual([])
  })

  test('every secret that a container reads is put where it looks', () => {
    const missing = Object.entries(containers).flatMap(([name, container]) => {
      const secrets = secretsOf(container)
      const texts = [...Object.values(container.environment), JSON.stringify(container)].map(String)
      const read = texts.flatMap((text) =>
        [...text.matchAll(/\/run\/secrets\/([\w.-]+)/g)].map(([, found]) => found ?? ''),
      )
      const there = secrets ? readdirSync(path.join(folder, secrets.folder)) : []
      return read.filter((wanted) => !there.includes(wanted)).map((wanted) => `${name}: ${wanted}`)
    })
    expect(missing).toEqual([])
  })
})

test('a provider without a key is emulated, and none is where one has a key', () => {
  const emulated = containersOf('docker/providers/emulated/providers.yml')
  const real = containersOf('docker/providers/real/providers.yml')
  const addresses = Object.keys(emulated['ai-inference']?.environment ?? {})

  expect(Object.keys(real['ai-inference']?.environment ?? {})).toEqual(addresses)
  expect(Object.values(real['ai-inference']?.environment ?? {})).toEqual(addresses.map(() => null))
  expect(owners.flatMap(({ settings }) => settings.map(({ name }) => name))).toEqual(expect.arrayContaining(addresses))
  expect([emulated['emulators']?.profiles, real['emulators']?.profiles]).toEqual([[], ['sandbox']])
  // With any key the path of the file that is extended leads to `real`.
  const text = readFileSync('docker-compose.yml', 'utf8')
  const [, pattern = ''] = /file: (docker\/providers\/\S+)/.exec(text) ?? []
  const pathWith = (key: string) =>
    path.normalize(
      pattern.replaceAll(/\$\{(\w+):\+([^}]*)\}/g, (_, name: string, then: string) => (name === key ? then : '')),
    )
  const keys = ['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GEMINI_API_KEY', 'XAI_API_KEY']
  expect(pathWith('')).toBe('docker/providers/emulated/providers.yml')
  expect(keys.map(pathWith)).toEqual(keys.map(() => 'docker/providers/real/providers.yml'))
})

test('the images listen and are asked for health where the services do and are', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8')
  const check = readFileSync('docker/health-check.mjs', 'utf8')
  const server = readFileSync('packages/service-kit/src/server.ts', 'utf8')

  for (const service of services) expect(dockerfile).toContain(` AS ${service}\n`)
  expect(dockerfile).toContain('HOST=0.0.0.0 PORT=8080')
  const [, asked = ''] = /\?\? '(\/\w+)'/.exec(check) ?? []
  expect(server).toContain(`server.get('${asked}'`)
  const emulators = files['docker-compose.yml']['emulators']?.healthcheck?.test?.at(-1) ?? ''
  expect(emulators).toBe('/__control/faults')
  expect(readFileSync('packages/emulators/src/control.ts', 'utf8')).toContain("app.get('/faults'")
})

test('Prometheus reaches every target that it scrapes by name', () => {
  const containers = files['docker-compose.yml']
  const scraped = readFileSync('monitoring/prometheus/prometheus.yml', 'utf8')
  const names = [...scraped.matchAll(/names: \[([\w-]+)\]/g)].map(([, name]) => name ?? '')
  const networks = containers['prometheus']?.networks ?? []
  const unreached = names.filter((name) => !containers[name]?.networks.some((network) => networks.includes(network)))

  expect(new Set(names)).toEqual(new Set([...services, ...names]))
  expect(unreached).toEqual([])
})

test('the edge is given settings that it has', () => {
  const known = `${readFileSync('nginx/render.sh', 'utf8')}${readFileSync('nginx/run.sh', 'utf8')}`
  const settings = Object.keys(files.production['nginx']?.environment ?? {})

  expect(settings.length).toBeGreaterThan(5)
  expect(settings.filter((name) => !known.includes(name))).toEqual([])
})
