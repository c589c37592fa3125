import type { LiveEvent } from '@concord/contracts/live-events'
import type { EventStream } from '../live/event-stream.ts'
import { inForm } from './answer-form.ts'
import type { AnswerForm } from './answer-form.ts'
import { answerHead, extensionOf, secondsOf, usageOf } from './concord-answer.ts'
import type { Completed, ConcordExtension } from './concord-answer.ts'
import { toOpenAiError } from './door-error.ts'
import { writtenSoFar } from './written-so-far.ts'

type Options = {
  /** Takes the answer over for a stream, at the first event of the query. */
  open: () => EventStream
  form: AnswerForm
  includeUsage: boolean
}

/** Stands between a text that was told and the one that replaces it: a chunk cannot be taken back. */
const correction = '\n\n---\n\n'

/**
 * A council's answer as OpenAI's chunks: the role at once, the summary sentence by sentence as it is written, then what is left of it. Where
 * the writer was replaced, or its text did not pass, nothing is said twice in part: the whole summary comes after a rule, and is also in
 * the last chunk's extension. JSON comes in one piece, since half of it is none.
 */
export function concordStream({ open, form, includeUsage }: Options) {
  const written = writtenSoFar()
  let stream: EventStream | undefined
  let head = answerHead('', 0)
  let said = ''

  function send(chunk: object): void {
    stream?.write({ text: JSON.stringify({ ...head, object: 'chat.completion.chunk', ...chunk }) })
  }

  function choose(delta: object, finishReason: 'stop' | null = null, rest: object = {}): void {
    const usage = includeUsage ? { usage: null } : {}
    send({ choices: [{ index: 0, delta, logprobs: null, finish_reason: finishReason }], ...usage, ...rest })
  }

  function begin({ query_id: queryId, at }: Pick<LiveEvent, 'query_id' | 'at'>): void {
    if (stream) return
    stream = open()
    head = answerHead(queryId, secondsOf(at))
    choose({ role: 'assistant', content: '', refusal: null })
  }

  /** True where the whole had to be told again. */
  function sayRest(whole: string): boolean {
    const corrected = !whole.startsWith(said)
    const rest = corrected ? correction + whole : whole.slice(said.length)
    if (rest !== '') choose({ content: rest })
    return corrected
  }

  return {
    begun: () => stream !== undefined,
    take(event: LiveEvent): void {
      begin(event)
      if (event.type !== 'synthesis_delta' || form) return
      const text = written.add(event)
      if (text.length <= said.length || !text.startsWith(said)) return
      choose({ content: text.slice(said.length) })
      said = text
    },
    beat: () => stream?.comment('the council deliberates'),
    finish(results: Completed): void {
      begin({ query_id: results.query_id, at: results.metadata.created_at })
      const whole = inForm(form, results)
      const extension: ConcordExtension = extensionOf(results)
      if (sayRest(whole)) extension.corrected_summary = whole
      choose({}, 'stop', { concord: extension })
      if (includeUsage) send({ choices: [], usage: usageOf(results), concord: extension })
      stream?.write({ text: '[DONE]' })
      stream?.end()
    },
    /** The error is the last event: without `[DONE]` after it, no client takes the answer for whole. */
    fail(error: unknown): void {
      stream?.write({ text: JSON.stringify({ error: toOpenAiError(error).error }) })
      stream?.end()
    },
  }
}
