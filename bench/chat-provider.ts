import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'

/**
 * A provider of chat completions that costs as little as it can: a fixed answer, whole or as 50 chunks with a write each, `GAP_MS` apart
 * where the body says so.
 */
const { PORT, GAP_MS } = z.object({ PORT: z.coerce.number(), GAP_MS: z.coerce.number() }).parse(process.env)
const Asked = z.object({
  stream: z.boolean().nullish(),
  messages: z.array(z.object({ content: z.string() })),
})

const chunks = 50
const word = ' and the tram runs on time'
const head = { id: 'chatcmpl-bench', created: 1_767_225_600, model: 'gpt-5.6-terra', system_fingerprint: null }
const usage = { prompt_tokens: 12, completion_tokens: 300, total_tokens: 312 }

const whole = JSON.stringify({
  ...head,
  object: 'chat.completion',
  choices: [
    { index: 0, message: { role: 'assistant', content: word.repeat(chunks) }, logprobs: null, finish_reason: 'stop' },
  ],
  usage,
})
const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }], usage: null })}\n\n`
const opening = chunk({ role: 'assistant', content: '' })
const middle = chunk({ content: word })
const ending = `${chunk({}, 'stop')}data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage })}\n\ndata: [DONE]\n\n`

async function stream(response: ServerResponse, gapMs: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write(opening)
  for (let index = 0; index < chunks && !response.destroyed; index++) {
    response.write(middle)
    await (gapMs > 0 ? sleep(gapMs) : breathe())
  }
  response.end(ending)
}

const server = createServer((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => void pieces.push(piece))
  request.on('end', () => {
    const { stream: streamed, messages } = Asked.parse(JSON.parse(Buffer.concat(pieces).toString('utf8')))
    if (streamed) void stream(response, messages[0]?.content === 'slowly' ? GAP_MS : 0)
    else response.writeHead(200, { 'content-type': 'application/json' }).end(whole)
  })
})
server.keepAliveTimeout = 60_000
server.listen({ host: '127.0.0.1', port: PORT }, () => process.stdout.write('ready\n'))
process.once('disconnect', () => process.exit(0))
