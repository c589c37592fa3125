import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Thought } from './brain/brain.ts'
import { textHash } from './brain/text-hash.ts'
import type { Context } from './context.ts'
import { type Fault, parseFaultHeader } from './faults/fault.ts'
import { spoil } from './faults/spoil.ts'
import { answerTimeMs } from './pace.ts'
import type { LoggedRequest } from './request-log.ts'
import { streamAnswer } from './stream-answer.ts'
import { wait } from './wait.ts'
import { callTool } from './wire/call-tool.ts'
import { headerText } from './wire/guard-provider.ts'
import { newId } from './wire/new-id.ts'
import { Refusal } from './wire/refusal.ts'
import type { Answer, Ask, Dialect, Wire } from './wire/wire.ts'

type Outcome = LoggedRequest['outcome']

/** Answers one call: finds its faults, thinks, and writes at the emulator's pace until the client goes away. */
export async function serve(
  context: Context,
  dialect: Dialect,
  wire: Wire,
  ask: Ask,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const thought = context.brain.think(ask)
  const call = { provider: ask.provider, model: ask.model, purpose: thought.purpose }
  const faults = [...headerFaults(request), ...context.faults.take(call)]
  const key = `${context.seed}|${ask.model}|${thought.purpose}|${thought.questionHash}`
  const plannedMs = answerTimeMs(context.pace, key) + latencyMs(faults, key)
  const finish = context.log.open({
    ...call,
    question_hash: thought.questionHash,
    stream: ask.stream,
    planned_ms: plannedMs,
    fault: faults.map(({ kind }) => kind).join(',') || null,
  })

  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  let outcome: Outcome = 'failed'
  try {
    await beforeAnswering(faults, key, gone.signal)
    if (faults.some(({ kind }) => kind === 'refuse')) {
      outcome = 'refused'
      reply.hijack()
      request.raw.socket.destroy()
      return reply
    }
    const answer = compose(ask, thought, faults)
    if (ask.stream) {
      outcome = await streamAnswer({ wire, dialect, answer, reply, faults, context, key, signal: gone.signal })
      return reply
    }
    await wait(answerTimeMs(context.pace, key), gone.signal)
    outcome = 'answered'
    const body = JSON.stringify(wire.body(answer))
    const garbled = faults.some(({ kind }) => kind === 'garbled')
    return reply.type('application/json').send(garbled ? body.slice(0, body.length / 2) : body)
  } catch (error) {
    if (!gone.signal.aborted) throw error
    outcome = 'aborted'
    reply.hijack()
    return reply
  } finally {
    finish(outcome)
  }
}

/** Answers a call for embeddings, which takes no time to think, with the faults that come before any answer. */
export async function serveEmbeddings(
  context: Context,
  dialect: Dialect,
  { model, inputs, body }: { model: string; inputs: readonly string[]; body: object },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const wire: Wire = { body: () => body, opening: () => '', delta: () => '', closing: () => '' }
  const ask: Ask = {
    provider: dialect.provider,
    model,
    system: '',
    user: '',
    form: undefined,
    maxOutputTokens: undefined,
    stream: false,
  }
  const thought = { text: '', purpose: 'embedding', questionHash: textHash(inputs.join('\n')) } as const
  const quick: Context = { ...context, pace: 'instant', brain: { think: () => thought } }
  return serve(quick, dialect, wire, ask, request, reply)
}

function headerFaults(request: FastifyRequest): Fault[] {
  const header = headerText(request, 'x-emulate-fault')
  if (header === undefined) return []
  try {
    return parseFaultHeader(header)
  } catch {
    throw new Refusal({ kind: 'invalid', status: 400, message: 'x-emulate-fault: unknown fault or setting' })
  }
}

function latencyMs(faults: readonly Fault[], key: string): number {
  const latencies = faults.filter((fault) => fault.kind === 'latency')
  return latencies.reduce(
    (sum, { ms, jitter_ms: jitterMs }) => sum + answerTimeMs({ minMs: ms, maxMs: ms + jitterMs }, key),
    0,
  )
}

async function beforeAnswering(faults: readonly Fault[], key: string, signal: AbortSignal): Promise<void> {
  await wait(latencyMs(faults, key), signal)
  for (const fault of faults) {
    if (fault.kind === 'rate_limit') {
      throw new Refusal({
        kind: 'rate_limited',
        status: 429,
        message: 'Rate limit reached for requests. Please try again later.',
        retryAfterS: fault.retry_after_s,
      })
    }
    if (fault.kind === 'server_error') {
      throw new Refusal({
        kind: 'server_error',
        status: fault.status,
        message: 'The server is overloaded or unavailable.',
      })
    }
    if (fault.kind === 'hang' && fault.after_chunks === undefined) await wait(Infinity, signal)
  }
}

function compose(ask: Ask, thought: Thought, faults: readonly Fault[]): Answer {
  const refused = faults.some(({ kind }) => kind === 'refusal')
  const toolCall = refused ? undefined : callTool(ask)
  const told = ask.toolUse?.results.join('\n')
  const said = refused ? 'I cannot help with that request.' : toolCall ? '' : spoil(told || thought.text, faults)
  const { whole, stoppedBy } = endedBy(said, ask.stopSequences)
  const limit = (ask.maxOutputTokens ?? Infinity) * 4
  const text = whole.length > limit ? whole.slice(0, limit) : whole
  return {
    id: newId(),
    createdAtMs: Date.now(),
    ask,
    text,
    toolCall,
    stop: refused ? 'refused' : toolCall ? 'tool_call' : text.length < whole.length ? 'length' : 'complete',
    stoppedBy: text.length < whole.length ? undefined : stoppedBy,
    usage: {
      input: tokens(ask.system.length + ask.user.length + (told?.length ?? 0)),
      output: tokens(toolCall ? toolCall.arguments.length : text.length),
    },
  }
}

/** What comes before the first of the stop sequences. */
function endedBy(said: string, sequences: readonly string[] = []): { whole: string; stoppedBy: string | undefined } {
  const found = sequences.flatMap((sequence) => {
    const at = sequence === '' ? -1 : said.indexOf(sequence)
    return at < 0 ? [] : { sequence, at }
  })
  const [first] = found.toSorted((a, b) => a.at - b.at)
  return first ? { whole: said.slice(0, first.at), stoppedBy: first.sequence } : { whole: said, stoppedBy: undefined }
}

function tokens(characters: number): number {
  return Math.max(1, Math.ceil(characters / 4))
}
