import type { CompletionUsage } from '@concord/contracts/chat-completions'
import type { QueryResults } from '@concord/contracts/queries'
import type { AppError } from '@concord/service-kit/errors'
import { inForm } from './answer-form.ts'
import type { AnswerForm } from './answer-form.ts'
import { doorError } from './door-error.ts'

export type Completed = Extract<QueryResults, { status: 'completed' }>

/** What a chat completion of the council tells beside OpenAI's fields. */
export type ConcordExtension = {
  query_id: string
  confidence: number
  agreement: number
  outcome: string
  reached: boolean
  answer: string | null
  cost_usd: number
  degraded: boolean
  /** An emulated model took part. */
  sandbox: boolean
  /** The whole text, where a stream had already told another: what stands after the stream's last rule is the same. */
  corrected_summary?: string
}

/** A whole answer as OpenAI's chat completion; the same query always gives the same. */
export function chatCompletion(results: Completed, form: AnswerForm): object {
  const message = { role: 'assistant', content: inForm(form, results), refusal: null, annotations: [] }
  return {
    ...answerHead(results.query_id, secondsOf(results.metadata.created_at)),
    object: 'chat.completion',
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: usageOf(results),
    concord: extensionOf(results),
  }
}

export function answerHead(queryId: string, created: number) {
  return { id: `chatcmpl-${queryId}`, created, model: 'concord' }
}

export function secondsOf(moment: string): number {
  return Math.floor(Date.parse(moment) / 1_000)
}

/** All turns of the query together: openings, votes, debate, writing. */
export function usageOf({ metadata: { tokens } }: QueryResults): CompletionUsage {
  return {
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: tokens.input + tokens.output,
  }
}

export function extensionOf({ query_id: queryId, consensus, metadata, individual_responses: responses }: Completed) {
  const extension: ConcordExtension = {
    query_id: queryId,
    confidence: consensus.confidence,
    agreement: consensus.agreement,
    outcome: consensus.outcome,
    reached: consensus.reached,
    answer: consensus.answer,
    cost_usd: metadata.cost_usd,
    degraded: metadata.degraded,
    sandbox: Object.values(responses).some(({ sandbox }) => sandbox),
  }
  return extension
}

/** The results of a query that has given an answer; an error of OpenAI's kind for one that has not. */
export function answered(results: QueryResults): Completed {
  if (results.status === 'completed') return results
  throw withoutAnswer(results)
}

function withoutAnswer(results: QueryResults): AppError {
  if (results.status === 'failed')
    return doorError('upstream-failed', `${results.query_id} failed: ${results.error.detail}`, {
      type: 'api_error',
      code: 'query_failed',
    })
  return doorError('upstream-failed', `${results.query_id} was cancelled`, {
    type: 'api_error',
    code: 'query_cancelled',
  })
}
