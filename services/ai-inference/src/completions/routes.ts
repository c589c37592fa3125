import { ChatCompletionRequest } from '@concord/contracts/chat-completions'
import { requireScope, userOf } from '@concord/service-kit/authenticate'
import type { FastifyPluginAsyncZod } from '@concord/service-kit/server'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ModelError } from '../calls/model-error.ts'
import { documentedBody } from '../door/documented-body.ts'
import { toOpenAiError } from '../door/openai-error.ts'
import { logFailure } from '../door/log-failure.ts'
import type { CatalogueModel } from '../models/catalogue.ts'
import type { ModelsDeps } from '../models/list-models.ts'
import { openBill } from '../usage/bill.ts'
import type { Bill, BillDeps } from '../usage/bill.ts'
import { askModels } from './ask-models.ts'
import type { AskDeps } from './ask-models.ts'
import { CallerGone } from './call-limits.ts'
import type { CallWatch, CallWatches } from './call-limits.ts'
import type { ChatBackend } from './chat-backend.ts'
import { chooseModels } from './choose-models.ts'
import { clientLine } from './client-line.ts'
import { estimateInput } from './estimate-tokens.ts'
import { leftOut } from './preferences.ts'
import { readChatRequest } from './read-request.ts'

export type CompletionDeps = AskDeps &
  BillDeps &
  ModelsDeps & {
    /** By the catalogue's names; without those whose providers are not configured. */
    backends: ReadonlyMap<string, ChatBackend>
    watches: CallWatches
    chatLimits: { bodyBytes: number; messagesMax: number; idleMs: number }
  }

export const completionRoutes: FastifyPluginAsyncZod<CompletionDeps> = async (server, deps) => {
  server.route({
    method: 'POST',
    url: '/v1/chat/completions',
    bodyLimit: deps.chatLimits.bodyBytes,
    ...documentedBody(ChatCompletionRequest, {
      operationId: 'createChatCompletion',
      summary: 'An answer of one model to a conversation, whole or as a stream, as OpenAI’s clients take it',
      tags: ['OpenAI-compatible'],
    }),
    handler: async (request, reply) => complete(deps, request, reply),
  })
}

async function complete(deps: CompletionDeps, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const principal = userOf(request)
  requireScope(principal, 'models:use')
  const chat = readChatRequest(request.body, deps.chatLimits)
  const models = chooseModels(deps, chat)
  const watch = deps.watches.open(principal.sub, reply)
  try {
    const inputTokens = estimateInput(chat)
    const outputTokens = chat.max_completion_tokens ?? chat.max_tokens ?? undefined
    const bill = await openBill(deps, { principal, feature: 'chat_completions', inputTokens, outputTokens })
    const call = { deps, request, reply, chat, models, inputTokens, bill, watch }
    return chat.stream ? await stream(call) : await whole(call)
  } finally {
    watch.close()
    if (deps.watches.stopping() && !reply.raw.headersSent) reply.header('connection', 'close')
  }
}

type Call = {
  deps: CompletionDeps
  request: FastifyRequest
  reply: FastifyReply
  chat: ChatCompletionRequest
  models: readonly CatalogueModel[]
  inputTokens: number
  bill: Bill
  watch: CallWatch
}

async function whole({ deps, reply, chat, models, inputTokens, bill, watch }: Call): Promise<unknown> {
  const { signal, endAt } = watch
  try {
    const answer = await askModels(deps, {
      operation: 'chat',
      models,
      inputTokens,
      signal,
      endAt,
      bill,
      ask: async (model, meter) => {
        const body = await backendOf(deps, model).complete({ request: chat, meter, signal })
        return { model, body }
      },
      begun: () => false,
    })
    return reply
      .headers(aboutModel(deps, answer.model, chat))
      .type('application/json')
      .send(answer.body)
  } catch (error) {
    if (!(error instanceof CallerGone)) throw error
    return reply.hijack()
  }
}

async function stream({ deps, request, reply, chat, models, inputTokens, bill, watch }: Call): Promise<unknown> {
  let asked: CatalogueModel | undefined
  const idle = idleWatch(deps.chatLimits.idleMs)
  const signal = AbortSignal.any([watch.signal, idle.signal])
  const line = clientLine(reply, {
    headers: () => (asked ? aboutModel(deps, asked, chat) : {}),
    isLast: deps.watches.stopping,
    onWrite: () => idle.refresh(),
  })
  idle.isCallersFault = line.blocked
  try {
    await askModels(deps, {
      operation: 'chat',
      models,
      inputTokens,
      signal,
      endAt: watch.endAt,
      bill,
      ask: async (model, meter) => {
        asked = model
        idle.start()
        await backendOf(deps, model).stream({ request: chat, meter, signal }, line).finally(idle.stop)
      },
      begun: line.begun,
    })
    line.finish()
  } catch (error) {
    if (error instanceof CallerGone) reply.raw.destroy()
    else if (!line.begun()) throw error
    else {
      logFailure(request.log, error)
      line.fail(toOpenAiError(error).body)
    }
  }
  return reply.hijack()
}

function backendOf({ backends }: CompletionDeps, model: CatalogueModel): ChatBackend {
  const backend = backends.get(model.name)
  if (backend) return backend
  throw new ModelError('unconfigured', `${model.provider} has no key here`, { retryable: false })
}

/** Which model answered, and what it was not told of. */
function aboutModel(
  { isEmulated }: CompletionDeps,
  model: CatalogueModel,
  chat: ChatCompletionRequest,
): Record<string, string> {
  const ignored = leftOut(model, chat)
  return {
    'x-concord-model': model.name,
    'x-concord-provider': model.provider,
    ...(isEmulated(model.provider) ? { 'x-concord-sandbox': 'true' } : {}),
    ...(ignored.length > 0 ? { 'x-concord-ignored-parameters': ignored.join(', ') } : {}),
  }
}

/** A silence as short as this is no proof that the provider is down. */
const tellingSilenceMs = 10_000

/** Aborts when nothing came for `idleMs` while a model is being asked; what waits for a place or another attempt is not idle. */
function idleWatch(idleMs: number) {
  const controller = new AbortController()
  const outage = idleMs >= tellingSilenceMs
  let timer: NodeJS.Timeout | undefined
  const giveUp = () => {
    const slow = new ModelError('timed_out', 'the model stopped answering', { retryable: true, outage })
    controller.abort(watch.isCallersFault() ? new CallerGone('the caller does not read') : slow)
  }
  const watch = {
    signal: controller.signal,
    start: () => void (timer = setTimeout(giveUp, idleMs)),
    refresh: () => void timer?.refresh(),
    stop: () => clearTimeout(timer),
    /** It is not the model that is slow. */
    isCallersFault: () => false,
  }
  return watch
}
