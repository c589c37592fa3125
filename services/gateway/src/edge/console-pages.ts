import { existsSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import { AppError } from '@concord/service-kit/errors'
import { sendProblem } from '@concord/service-kit/server'
import type { FastifyInstance } from 'fastify'

const reserved = /^\/(api|v1|internal|mcp|webhooks|\.well-known)(\/|$|\?)/

/** The console at `/`: hashed assets for ever, pages afresh; an unknown page is the console's own, an unknown API path a problem. */
export async function consolePages(server: FastifyInstance, { folder }: { folder: string }): Promise<void> {
  const built = existsSync(folder)
  if (built) {
    await server.register(fastifyStatic, {
      root: folder,
      wildcard: false,
      index: 'index.html',
      setHeaders: (reply, path) => {
        void reply.header(
          'cache-control',
          path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        )
      },
    })
  }
  server.setNotFoundHandler(async (request, reply) => {
    const page =
      built &&
      request.method === 'GET' &&
      !reserved.test(request.url) &&
      (request.headers.accept ?? '').includes('text/html')
    if (page) return reply.sendFile('index.html')
    return sendProblem(new AppError('not-found', 'there is nothing at this address'), request, reply)
  })
}
