import { expect, test } from 'vitest'
import { checkSettings } from './check-settings.ts'

test('needs nothing at all', () => {
  expect(checkSettings({})).toMatchObject({ HOST: '127.0.0.1', PORT: 8080, CONCORD_DATA_DIR: '.concord' })
})

test('names the faults of the mesh and of its services at once, before anything is opened', () => {
  expect(() => checkSettings({ PORT: '70000', ACCESS_TOKEN_TTL_S: '1', HEARTBEAT_S: 'soon' })).toThrow(
    /PORT.*ACCESS_TOKEN_TTL_S.*HEARTBEAT_S/,
  )
})

test('names in production all that is missing', () => {
  expect(() => checkSettings({ NODE_ENV: 'production' })).toThrow(
    /DATABASE_URL.*REDIS_URL.*RABBITMQ_URL.*VAULT_KEYS.*PUBLIC_URL.*OPENAI_API_KEY/,
  )
})
