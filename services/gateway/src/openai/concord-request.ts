import { ChatCompletionRequest } from '@concord/contracts/chat-completions'
import { SubmitQuery } from '@concord/contracts/queries'
import type { AppError } from '@concord/service-kit/errors'
import type { z } from 'zod'
import { answerForm } from './answer-form.ts'
import type { AnswerForm } from './answer-form.ts'
import { wrongParameter } from './door-error.ts'
import { foldMessages } from './fold-messages.ts'

/** The council's own settings, beside OpenAI's. */
const ConcordSettings = SubmitQuery.pick({
  models: true,
  debate_rounds: true,
  consensus_threshold: true,
  answer_type: true,
  choices: true,
  effort: true,
  max_cost_usd: true,
  deadline_s: true,
})

/** A chat completion as the door takes it; `concord` is for the model of that name alone. */
export const DoorChatRequest = ChatCompletionRequest.safeExtend({ concord: ConcordSettings.optional() }).meta({
  id: 'DoorChatRequest',
})
type DoorChatRequest = z.output<typeof DoorChatRequest>

export type ConcordRequest = { query: SubmitQuery; form: AnswerForm; stream: boolean; includeUsage: boolean }

/** Reads a chat completion that is for the council; a 400 in OpenAI's words for what it cannot do. */
export function readConcordRequest(body: Record<string, unknown>): ConcordRequest {
  const { data, error } = DoorChatRequest.safeParse(body)
  if (!data) throw toParameterError(error.issues[0])
  refuseUnsupported(data)
  return {
    query: { query: foldMessages(data.messages), ...data.concord },
    form: answerForm(data.response_format),
    stream: data.stream ?? false,
    includeUsage: data.stream_options?.include_usage ?? false,
  }
}

const noTools = 'the council calls no tools; ask a single model'
const asksForNothing = (value: unknown): boolean => value === undefined || value === null
const isEmpty = (value: unknown): boolean => asksForNothing(value) || (Array.isArray(value) && value.length === 0)
const isNoChoice = (value: unknown): boolean => asksForNothing(value) || value === 'none' || value === 'auto'

/**
 * What would change the answer is refused where it cannot be done. Sampling, limits of tokens and the like are taken without effect,
 * since many clients send them unasked: the models deliberate with their own.
 */
const unsupported: { [Field in keyof DoorChatRequest]?: { allows: (value: unknown) => boolean; why: string } } = {
  tools: { allows: isEmpty, why: noTools },
  tool_choice: { allows: isNoChoice, why: noTools },
  functions: { allows: isEmpty, why: noTools },
  function_call: { allows: isNoChoice, why: noTools },
  n: { allows: (value) => asksForNothing(value) || value === 1, why: 'the council gives one answer' },
  stop: { allows: isEmpty, why: 'the council takes no stop sequences' },
  logprobs: { allows: (value) => !value, why: 'the council has no log probabilities' },
  top_logprobs: { allows: (value) => !value, why: 'the council has no log probabilities' },
  modalities: {
    allows: (value) => asksForNothing(value) || (Array.isArray(value) && value.every((one) => one === 'text')),
    why: 'the council answers in text',
  },
  audio: { allows: asksForNothing, why: 'the council answers in text' },
  web_search_options: { allows: asksForNothing, why: 'the council does not search the web' },
}

function refuseUnsupported(request: DoorChatRequest): void {
  for (const [param, rule] of Object.entries(unsupported))
    if (!rule.allows(Reflect.get(request, param))) throw wrongParameter(param, rule.why, 'unsupported_parameter')
}

function toParameterError(issue: z.core.$ZodIssue | undefined): AppError {
  const path = issue?.path ?? []
  if (issue?.code === 'unrecognized_keys') {
    const param = pathOf([...path, issue.keys[0] ?? '']).slice(0, 200)
    return wrongParameter(param, `unrecognized request argument: ${param}`, 'unknown_parameter')
  }
  const param = pathOf(path)
  return wrongParameter(param, `${param}: ${issue?.message ?? 'invalid'}`)
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((whole, part) => {
    if (typeof part === 'number') return `${whole}[${part}]`
    return whole === '' ? String(part) : `${whole}.${String(part)}`
  }, '')
}
