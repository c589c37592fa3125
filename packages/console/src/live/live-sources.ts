import { createParser } from 'eventsource-parser'
import { apiBase, authorizedFetch, request } from '../api/client.ts'
import { readFrame } from './live-frame.ts'
import type { LiveSource } from './follow-query.ts'

/** The server sends a heartbeat every 15 s: two missed and a bit. */
const silenceMaxMs = 40_000
const openWithinMs = 10_000

/** Each connection takes a ticket of its own, since a browser's socket can carry no header. */
export function socketSource(queryId: string): LiveSource {
  return async ({ after, onFrame, onOpen, signal }) => {
    const { ticket } = await request<{ ticket: string }>('POST', '/ws-tickets', { signal })
    const url = new URL(`${apiBase}/ws/${encodeURIComponent(queryId)}`, location.href)
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
    url.searchParams.set('ticket', ticket)
    url.searchParams.set('after', String(after))
    await readSocket(new WebSocket(url), { onFrame, onOpen, signal })
  }
}

function readSocket(
  socket: WebSocket,
  { onFrame, onOpen, signal }: Omit<Parameters<LiveSource>[0], 'after'>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const watch = watchdog(() => end(new Error('the socket fell silent')))
    const onAbort = () => end(undefined)
    function end(error: Error | undefined): void {
      watch.stop()
      signal.removeEventListener('abort', onAbort)
      socket.close()
      if (error) reject(error)
      else resolve()
    }
    signal.addEventListener('abort', onAbort)
    if (signal.aborted) end(undefined)
    socket.addEventListener('open', () => {
      watch.heard()
      onOpen()
    })
    socket.addEventListener('message', ({ data }) => {
      watch.heard()
      const frame = readFrame(data)
      if (frame) onFrame(frame)
    })
    socket.addEventListener('close', ({ code }) => end(code === 1000 ? undefined : new Error(`closed with ${code}`)))
    socket.addEventListener('error', () => end(new Error('the socket failed')))
  })
}

/** Server-Sent Events by fetch, since an EventSource cannot carry the token. */
export function eventStreamSource(queryId: string): LiveSource {
  return async ({ after, onFrame, onOpen, signal }) => {
    const silence = new AbortController()
    const watch = watchdog(() => silence.abort())
    try {
      const response = await authorizedFetch(`/queries/${encodeURIComponent(queryId)}/events`, {
        headers: { accept: 'text/event-stream', 'last-event-id': String(after) },
        signal: AbortSignal.any([signal, silence.signal]),
      })
      if (!response.ok || !response.body) throw new Error(`the event stream answered ${response.status}`)
      onOpen()
      const parser = createParser({
        maxBufferSize: 4_000_000,
        onEvent: ({ data }) => {
          const frame = readFrame(data)
          if (frame) onFrame(frame)
        },
      })
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        watch.heard()
        parser.feed(part.value)
      }
    } finally {
      watch.stop()
    }
  }
}

/** Calls back once when nothing was heard for too long. */
function watchdog(onSilence: () => void): { heard(): void; stop(): void } {
  let timer = setTimeout(onSilence, openWithinMs)
  return {
    heard() {
      clearTimeout(timer)
      timer = setTimeout(onSilence, silenceMaxMs)
    },
    stop: () => clearTimeout(timer),
  }
}
