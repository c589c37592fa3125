import { z } from 'zod'
import { createLogger } from '../src/logging.ts'
import { createMetrics } from '../src/metrics.ts'
import { createServer } from '../src/server.ts'
import type { ServerOptions } from '../src/server.ts'

/** A server with one strict route, and what it logs. */
export function buildServer(overrides: Partial<ServerOptions> = {}) {
  const lines: string[] = []
  const logger = createLogger('test', 'debug', { write: (line: string) => void lines.push(line) })
  const server = createServer({
    name: 'test',
    logger,
    metrics: createMetrics('test'),
    isReady: async () => {},
    ...overrides,
  })
  const body = z.strictObject({
    name: z.string().min(1),
    amount: z.int().optional(),
    tags: z.array(z.string()).max(3).optional(),
  })
  server.post(
    '/things/:id',
    { schema: { params: z.object({ id: z.string() }), body, response: { 200: z.object({ name: z.string() }) } } },
    async (request) => request.body,
  )
  server.get('/broken', { schema: { response: { 200: z.object({ name: z.string() }) } } }, async () => {
    throw new Error('password is hunter2')
  })
  return { server, lines }
}
