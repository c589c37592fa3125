import type { OpenAiModel, OpenAiModelList } from '@concord/contracts/chat-completions'
import { AppError } from '@concord/service-kit/errors'
import type { FastifyRequest } from 'fastify'
import type { ModelsDoor } from '../ports.ts'
import { doorCaller, rightsOf } from './caller.ts'
import { requestHeaders } from './request-headers.ts'

/** The whole council as one model. */
export const concordModel: OpenAiModel = {
  id: 'concord',
  object: 'model',
  created: Date.UTC(2026, 0, 1) / 1_000,
  owned_by: 'concord',
  kind: 'council',
}

/** The models that the caller may ask, the council first. */
export async function listModels(door: ModelsDoor, request: FastifyRequest): Promise<OpenAiModelList> {
  const { models, council } = rightsOf(doorCaller(request))
  if (!models && !council)
    throw new AppError('forbidden', 'this needs the scope models:use, or queries:write and queries:read')
  const single = models ? (await door.list(requestHeaders(request, { body: false }))).data : []
  return { object: 'list', data: [...(council ? [concordModel] : []), ...single] }
}
