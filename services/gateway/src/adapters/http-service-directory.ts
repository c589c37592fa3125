import { Pool } from 'undici'
import { OpenApiDocument } from '../api-reference/openapi-document.ts'
import type { Upstream } from '../edge/upstreams.ts'
import type { ServiceDirectory } from '../ports.ts'

/** Asks the services themselves, at their own addresses. */
export function httpServiceDirectory(upstreams: readonly Upstream[]): ServiceDirectory & { close(): Promise<void> } {
  const services = upstreams.map(({ name, url, paths }) => ({
    name,
    paths,
    pool: new Pool(url, { connections: 2, connectTimeout: 2_000 }),
  }))
  return {
    documents: () =>
      Promise.all(
        services.map(async ({ paths, pool }) => {
          const { body } = await pool.request({
            method: 'GET',
            path: '/openapi.json',
            signal: AbortSignal.timeout(5_000),
          })
          return { paths, document: OpenApiDocument.parse(await body.json()) }
        }),
      ),
    statuses: () => Promise.all(services.map(async ({ name, pool }) => ({ name, up: await isUp(pool) }))),
    async close() {
      await Promise.all(services.map(({ pool }) => pool.close()))
    },
  }
}

async function isUp(pool: Pool): Promise<boolean> {
  try {
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/health',
      signal: AbortSignal.timeout(2_000),
    })
    await body.dump()
    return statusCode === 200
  } catch {
    return false
  }
}
