import { IncomingMessage } from 'node:http'
import type { RequestListener } from 'node:http'
import { OpenAiModelList } from '@concord/contracts/chat-completions'
import { AppError } from '@concord/service-kit/errors'
import { beginCall } from '@concord/service-kit/traced-call'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import type { ModelsDoor, ModelsRequest } from '../ports.ts'

/** A reasoning model may say nothing for minutes; how long is long enough, ai-inference decides. */
const longestSilenceMs = 660_000
const listWithinMs = 10_000

/**
 * The door of ai-inference: over HTTP, where an answer holds a connection for as long as it streams, or by its `listener` where it runs in
 * this process, which then answers the client itself.
 */
export function inferenceDoor(url: string, listener?: RequestListener): ModelsDoor & { close(): Promise<void> } {
  const pool = new Pool(url, {
    connections: 2_048,
    pipelining: 1,
    connectTimeout: 2_000,
    headersTimeout: longestSilenceMs,
    bodyTimeout: longestSilenceMs,
  })
  return {
    ...(listener ? { handOver: handOverTo(listener) } : {}),
    call({ path, headers, body }, answer) {
      let controller: Dispatcher.DispatchController | undefined
      let aborted: Error | undefined
      const method = body ? 'POST' : 'GET'
      const span = beginCall({ method, baseUrl: url })
      const traced = span.traceparent ? { ...headers, traceparent: span.traceparent } : headers
      const sent = { method, path, headers: traced, ...(body ? { body } : {}) }
      pool.dispatch(sent, {
        onRequestStart(its) {
          controller = its
          if (aborted) its.abort(aborted)
        },
        onResponseStart(_its, status, theirs) {
          if (status < 200) return
          span.answered(status)
          answer.head(status, theirs)
        },
        onResponseData: (_its, piece) => answer.piece(piece),
        onResponseEnd() {
          span.end()
          answer.end()
        },
        onResponseError(_its, error) {
          span.end(aborted ? 'client_left' : toUnavailable(error).code)
          answer.failed(toUnavailable(error))
        },
      })
      return {
        pause: () => controller?.pause(),
        resume: () => controller?.resume(),
        abort() {
          aborted = new Error('the client has gone')
          controller?.abort(aborted)
        },
      }
    },
    async list(headers) {
      try {
        const signal = AbortSignal.timeout(listWithinMs)
        const { statusCode, body } = await pool.request({ method: 'GET', path: '/v1/models', headers, signal })
        const answer = await body.json()
        if (statusCode !== 200) throw new Error(`the list of models came with ${statusCode}`)
        return OpenAiModelList.parse(answer)
      } catch (cause) {
        throw new AppError('unavailable', 'the models cannot be listed at the moment', { cause, retryAfterS: 1 })
      }
    },
    close: () => pool.destroy(),
  }
}

/** The request as ai-inference would have read it from a connection. */
function handOverTo(listener: RequestListener): NonNullable<ModelsDoor['handOver']> {
  return function handOver({ path, headers, body }: ModelsRequest, response): void {
    const request = new IncomingMessage(response.req.socket)
    request.method = body ? 'POST' : 'GET'
    request.url = path
    request.httpVersion = '1.1'
    request.headers = body ? { ...headers, 'content-length': String(body.length) } : headers
    if (body) request.push(body)
    request.push(null)
    request.complete = true
    listener(request, response)
  }
}

function toUnavailable(cause: Error): AppError {
  const late = 'code' in cause && /TIMEOUT/.test(String(cause.code)) && !/CONNECT/.test(String(cause.code))
  if (late) return new AppError('upstream-timeout', 'the models took too long', { cause })
  return new AppError('unavailable', 'the models cannot be reached at the moment', { cause, retryAfterS: 1 })
}
