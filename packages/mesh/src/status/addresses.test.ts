import { expect, test } from 'vitest'
import { serviceAddresses } from './addresses.ts'
import { StatusConfig } from './settings.ts'

const engines = { DATABASE_URL: 'postgres://localhost/x', RABBITMQ_URL: 'amqp://localhost' }
const running = { pid: 1, database_url: '', services: { auth: ['http://127.0.0.1:4001', 'http://127.0.0.1:4002'] } }
const addressesOf = (environment: object, runtime?: typeof running) =>
  serviceAddresses(StatusConfig.parse(environment), runtime)

test('in containers the address of one service tells those of the others', () => {
  expect(addressesOf({ ...engines, AUTH_URL: 'http://auth.concord.svc:8080' })).toEqual({
    auth: ['http://auth.concord.svc:8080'],
    'ai-inference': ['http://ai-inference.concord.svc:8080'],
    'consensus-orchestrator': ['http://consensus-orchestrator.concord.svc:8080'],
    gateway: ['http://gateway.concord.svc:8080'],
  })
})

test('a setting wins over what a running mesh has told, and that over the usual ports', () => {
  expect(addressesOf({ GATEWAY_URL: 'http://10.0.0.9:8080' }, running)).toMatchObject({
    gateway: ['http://10.0.0.9:8080'],
    auth: ['http://localhost:3001'],
  })
  expect(addressesOf(engines, running)).toEqual(running.services)
  expect(addressesOf(engines)).toMatchObject({ gateway: ['http://localhost:8080'], auth: ['http://localhost:3001'] })
})

test('knows no address where nothing says that a mesh runs', () => {
  expect(addressesOf({})).toBeUndefined()
})
