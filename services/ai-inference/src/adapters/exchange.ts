import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

export type Flow = { pause(): void; resume(): void }

export type Exchange = {
  pool: Dispatcher
  path: string
  headers: Record<string, string>
  body: string
  signal: AbortSignal
  onHead(status: number, headers: IncomingHttpHeaders): void
  onData(bytes: Buffer, flow: Flow): void
}

/**
 * Posts, and hands the answer over as its bytes come. Resolves at its end; rejects with what broke it, with what a listener threw,
 * or with `signal.reason` as soon as that aborts, which also closes the connection.
 */
export function exchange({ pool, path, headers, body, signal, onHead, onData }: Exchange): Promise<void> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let failure: unknown
    const settle = (end: () => void) => {
      signal.removeEventListener('abort', onAbort)
      end()
    }
    const fail = (error: unknown) => {
      failure ??= error
      if (controller) controller.abort(error instanceof Error ? error : new Error('aborted'))
      else settle(() => reject(failure))
    }
    const onAbort = () => fail(signal.reason)
    const guarded = (listener: () => void) => {
      try {
        listener()
      } catch (error) {
        fail(error)
      }
    }
    signal.addEventListener('abort', onAbort, { once: true })
    pool.dispatch(
      { path, method: 'POST', headers, body },
      {
        onRequestStart(own) {
          controller = own
          if (signal.aborted) onAbort()
        },
        onResponseStart: (_own, status, answered) => guarded(() => onHead(status, answered)),
        onResponseData: (own, bytes) => guarded(() => onData(bytes, own)),
        onResponseEnd: () => settle(resolve),
        onResponseError: (_own, error) => settle(() => reject(failure ?? error)),
      },
    )
  })
}
