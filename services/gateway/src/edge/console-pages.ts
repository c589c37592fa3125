import { existsSync } from 'node:fs'
import fastifyStatic from '@fastify/static'
import { sendNotFound } from '@concord/service-kit/server'
import type { Server } from '@concord/service-kit/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isDoor, sendNoSuchAddress } from '../openai/door-error.ts'

const reserved = /^\/(api|v1|internal|mcp|webhooks|\.well-known|assets)(\/|$|\?)/

/** The console at `/`: hashed assets for ever, pages afresh. */
export function consolePages(server: Server, folder: string): void {
  if (!existsSync(folder)) return
  server.register(fastifyStatic, {
    root: folder,
    wildcard: false,
    setHeaders: (reply, path) => {
      void reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}

/** An unknown page is the console's own, which routes by itself; an unknown API path is a problem. */
export function pageOrNotFound(folder: string) {
  const built = existsSync(folder)
  return function onNotFound(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const page =
      request.method === 'GET' && !reserved.test(request.url) && (request.headers.accept ?? '').includes('text/html')
    if (isDoor(request.url)) return sendNoSuchAddress(request, reply)
    return built && page ? reply.sendFile('index.html') : sendNotFound(request, reply)
  }
}
