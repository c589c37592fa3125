import { cpSync } from 'node:fs'
import path from 'node:path'
import { startEdge } from '@concord/testing/edge-process'
import type { EdgeProcess } from '@concord/testing/edge-process'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { freePort, root } from '@concord/testing/node-process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mainJob } from '../e2e/main-job.contract.ts'
import { embeddedMesh } from '../e2e/meshes.ts'
import { ask, logLine, newTraceparent, readProblem, trust } from './client.ts'
import type { Answer } from './client.ts'

let edge: EdgeProcess
let mesh: MeshProcess

beforeAll(async () => {
  const port = await freePort()
  edge = await startEdge({ EDGE_GATEWAYS: `127.0.0.1:${port}`, EDGE_CONSOLE_FOLDER: 'console' }, (folder) =>
    cpSync(path.join(root, 'packages/console/dist'), path.join(folder, 'console'), { recursive: true }),
  )
  trust(edge)
  mesh = await embeddedMesh({ PORT: String(port), PUBLIC_URL: edge.url, TRUSTED_PROXIES: '127.0.0.1' })
})
afterAll(async () => {
  await mesh.close()
  await edge.close()
})

describe('through the edge', () => {
  mainJob(() => ({ ...mesh, url: edge.url }))
})

test('a trace goes from the access log to the gateway’s problem', async () => {
  const { traceparent, traceId } = newTraceparent()
  const problem = readProblem(
    await ask(edge, '/api/v1/auth/me', { headers: { traceparent, 'x-request-id': 'mesh-1' } }),
  )

  expect(problem).toMatchObject({ status: 401, trace_id: traceId })
  expect(await logLine(edge, 'mesh-1')).toMatchObject({ trace_id: traceId, status: 401 })
})

test('an older address is the newer one', async () => {
  expect(readProblem(await ask(edge, '/api/auth/me'))).toMatchObject({ status: 401, instance: '/api/v1/auth/me' })
})

describe('security headers', () => {
  const secure = [
    'content-security-policy',
    'cross-origin-opener-policy',
    'cross-origin-resource-policy',
    'origin-agent-cluster',
    'referrer-policy',
    'strict-transport-security',
    'x-content-type-options',
    'x-dns-prefetch-control',
    'x-download-options',
    'x-frame-options',
    'x-permitted-cross-domain-policies',
    'x-xss-protection',
  ]
  const securityOf = ({ headers }: Answer) => Object.fromEntries(secure.map((name) => [name, headers[name]]))
  const namesOf = ({ rawNames }: Answer) => rawNames.filter((name) => secure.includes(name)).toSorted()

  test('are the same whether the gateway answers or the edge, and there once', async () => {
    const page = { headers: { accept: 'text/html' } }
    const byTheGateway = await ask(edge, '/api/v1')
    const byTheEdge = [await ask(edge, '/', page), await ask(edge, '/metrics'), await ask(edge, '/assets/none.js')]

    expect(byTheGateway.status).toBe(200)
    expect(namesOf(byTheGateway)).toEqual(secure)
    for (const answer of byTheEdge) {
      expect(namesOf(answer)).toEqual(secure)
      expect(securityOf(answer)).toEqual(securityOf(byTheGateway))
    }
  })

  test('let the page load all that it names', async () => {
    const { text } = await ask(edge, '/', { headers: { accept: 'text/html' } })
    const named = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, address = '']) => address)

    expect(named.length).toBeGreaterThan(1)
    for (const address of named) expect((await ask(edge, address)).status).toBe(200)
    expect(text).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=/)
  })
})
