import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { loadConfig } from '@concord/service-kit/config'
import { Config } from '../config.ts'
import { loadCatalogue } from './catalogue.ts'
import { costUsd } from './cost.ts'
import { listModels } from './list-models.ts'
import { providerAccess } from './provider-access.ts'
import { trackRecord } from './track-record.ts'

const folder = mkdtempSync(join(tmpdir(), 'catalogue-'))
afterAll(() => rmSync(folder, { recursive: true }))

function overriddenBy(changes: unknown) {
  const path = join(folder, `${crypto.randomUUID()}.json`)
  writeFileSync(path, typeof changes === 'string' ? changes : JSON.stringify(changes))
  return () => loadCatalogue(path)
}

const settings = {
  DATABASE_URL: 'postgres://localhost/x',
  VAULT_KEYS: 'k:x',
  SERVICE_CLIENT_SECRET: 'a secret of the service',
}

describe('the catalogue', () => {
  test('knows the four models of the panel', () => {
    expect([...loadCatalogue()].map(([name, { provider }]) => [name, provider])).toEqual([
      ['gpt5', 'openai'],
      ['claude', 'anthropic'],
      ['gemini', 'gemini'],
      ['grok', 'xai'],
    ])
  })

  test('lets an operator change, add and remove models by name', () => {
    const { name: _name, ...whole } = loadCatalogue().get('claude') ?? { name: '' }

    const catalogue = overriddenBy({ gpt5: { provider_model: 'gpt-x' }, opus: whole, grok: null })()

    expect(catalogue.get('gpt5')).toMatchObject({ provider_model: 'gpt-x', provider: 'openai' })
    expect([...catalogue.keys()]).toEqual(['gpt5', 'claude', 'gemini', 'opus'])
  })

  test.each([
    ['a file that is no JSON', 'no JSON', 'cannot be read as JSON'],
    ['a field of the wrong type', { gpt5: { prices: 3 } }, 'model gpt5: prices'],
    ['an unknown field', { gpt5: { price: 3 } }, 'model gpt5'],
    ['a new model that is not whole', { other: { provider: 'openai' } }, 'model other: provider_model'],
  ])('refuses %s and names it', (_what, changes, message) => {
    expect(overriddenBy(changes)).toThrow(message)
  })

  test('prices tokens', () => {
    const prices = { input_usd_per_million_tokens: 2, output_usd_per_million_tokens: 12 }

    expect(costUsd({ prices }, { inputTokens: 1_000, outputTokens: 500 })).toBe(0.008)
  })
})

describe('a provider', () => {
  const access = (env: Record<string, string>) => providerAccess(loadConfig(Config, { ...settings, ...env }), 'openai')

  test('is asked with the operator’s key where there is one, emulator or not', () => {
    const env = { OPENAI_API_KEY: 'sk-of-the-operator', EMULATOR_URL_OPENAI: 'http://127.0.0.1:1' }

    expect(access(env)).toMatchObject({ apiKey: 'sk-of-the-operator', sandbox: false })
  })

  test('is a sandbox where only an emulator is there', () => {
    expect(access({ EMULATOR_URL_OPENAI: 'http://127.0.0.1:1' })).toMatchObject({ sandbox: true })
  })

  test('is unconfigured where neither is there, and in production whatever emulator is there', () => {
    const production = { NODE_ENV: 'production', XAI_API_KEY: 'xai-of-the-operator' }

    expect(access({})).toBeUndefined()
    expect(access({ ...production, EMULATOR_URL_OPENAI: 'http://127.0.0.1:1' })).toBeUndefined()
  })

  test('must be there in production, which is said together with all else that is missing', () => {
    expect(() => loadConfig(Config, { ...settings, NODE_ENV: 'production' })).toThrow('OPENAI_API_KEY')
    expect(() => loadConfig(Config, { NODE_ENV: 'production' })).toThrow(/VAULT_KEYS.*OPENAI_API_KEY/)
  })
})

describe('the state of a model', () => {
  const stateOf = (
    changes: Partial<{ sandbox: boolean | undefined; breaker: 'closed' | 'half-open' | 'open'; failures: number }>,
  ) => {
    const record = trackRecord()
    for (let call = 0; call < (changes.failures ?? 0); call += 1) record.failed('gpt5')
    const access = 'sandbox' in changes ? changes.sandbox : false
    const list = listModels({
      catalogue: loadCatalogue(),
      accessOf: () => (access === undefined ? undefined : { sandbox: access }),
      breakerOf: () => changes.breaker ?? 'closed',
      record,
    })
    return list.data[0]?.state
  }

  test.each([
    ['ok', {}],
    ['sandbox', { sandbox: true }],
    ['unconfigured', { sandbox: undefined }],
    ['down', { breaker: 'open' }],
    ['down', { breaker: 'open', sandbox: true }],
    ['degraded', { breaker: 'half-open' }],
    ['degraded', { failures: 6 }],
  ] as const)('is %s for %o', (state, changes) => {
    expect(stateOf(changes)).toBe(state)
  })
})

test('latencies are those of the last answers, in bounded number', () => {
  const record = trackRecord(new Map([['gpt5', [10_000]]]))

  for (let answer = 1; answer <= 200; answer += 1) record.answered('gpt5', answer)

  expect(record.latency('gpt5')).toEqual({ p50: 100, p95: 190 })
  expect(record.latency('claude')).toEqual({ p50: null, p95: null })
})
