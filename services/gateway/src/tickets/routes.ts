import { SocketTicket } from '@concord/contracts/live-events'
import { AppError } from '@concord/service-kit/errors'
import { idempotencyKeyOf } from '@concord/service-kit/idempotency'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import { z } from 'zod'
import { requireReader } from '../edge/identify.ts'
import type { TicketStore } from '../ports.ts'

export const ticketTtlS = 30

export const ticketRoutes: FastifyPluginAsyncZod<{ tickets: TicketStore }> = async (server, { tickets }) => {
  const schema = {
    operationId: 'createSocketTicket',
    summary: 'A ticket that opens one live socket',
    tags: ['Consensus'],
    body: z.strictObject({}).nullish(),
    response: { 201: SocketTicket },
  }
  server.post('/ws-tickets', { schema }, async (request, reply) => {
    const principal = requireReader(request)
    const key = idempotencyKeyOf(request)
    if (key !== undefined && !(await tickets.claimKey(principal.sub, key)))
      throw new AppError('conflict', 'this request was answered once; tickets are not kept')
    return reply.code(201).send({ ticket: await tickets.issue(principal), expires_in: ticketTtlS })
  })
}
