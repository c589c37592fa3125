import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { WrongRule, type Wrongness } from './brain/wrongness.ts'
import type { Context } from './context.ts'
import { FaultRule } from './faults/fault-book.ts'

/** Routes by which a test sets faults and liars, and reads what was asked. They exist on the loopback interface only. */
export function controlApp(context: Context, wrongness: Wrongness) {
  return async (app: FastifyInstance): Promise<void> => {
    app.setErrorHandler((error, _request, reply) => {
      const detail = error instanceof z.ZodError ? z.prettifyError(error) : 'invalid request'
      return reply.code(400).send({ detail })
    })
    app.post('/faults', async (request, reply) => {
      context.faults.add(FaultRule.parse(request.body))
      return reply.code(201).send({ rules: context.faults.rules() })
    })
    app.get('/faults', () => ({ rules: context.faults.rules() }))
    app.delete('/faults', async (_request, reply) => {
      context.faults.clear()
      return reply.code(204).send()
    })
    app.post('/wrong', async (request, reply) => {
      wrongness.set(WrongRule.parse(request.body))
      return reply.code(201).send({ rules: wrongness.rules() })
    })
    app.delete('/wrong', async (_request, reply) => {
      wrongness.clear()
      return reply.code(204).send()
    })
    app.get('/requests', () => ({ data: context.log.recent() }))
    app.delete('/requests', async (_request, reply) => {
      context.log.clear()
      return reply.code(204).send()
    })
  }
}
