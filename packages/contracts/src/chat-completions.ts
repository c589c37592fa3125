import { z } from 'zod'

/**
 * OpenAI's Chat Completions API as `/v1` takes it (https://platform.openai.com/docs/api-reference/chat). Top-level fields are
 * strict: a misspelt one is told. What is nested is passed on as it came, since providers add fields of their own there
 * (`cache_control`, thought signatures). A null stands for an absent field, as it does at OpenAI.
 */
const name = z.string().min(1).max(64)
const TextPart = z.looseObject({ type: z.literal('text'), text: z.string() })
const ImagePart = z.looseObject({
  type: z.literal('image_url'),
  image_url: z.looseObject({ url: z.string().min(1), detail: z.string().optional() }),
})
const RefusalPart = z.looseObject({ type: z.literal('refusal'), refusal: z.string() })
const OtherPart = z.looseObject({ type: z.enum(['input_audio', 'file']) })

const Text = z.union([z.string(), z.array(TextPart).min(1)])
const UserContent = z.union([
  z.string(),
  z.array(z.discriminatedUnion('type', [TextPart, ImagePart, OtherPart])).min(1),
])

const FunctionCall = z.looseObject({
  id: z.string().min(1),
  type: z.literal('function'),
  function: z.looseObject({ name, arguments: z.string() }),
})

const InstructionMessage = z.looseObject({ role: z.enum(['system', 'developer']), content: Text })
const UserMessage = z.looseObject({ role: z.literal('user'), content: UserContent })
const AssistantMessage = z.looseObject({
  role: z.literal('assistant'),
  content: z.union([z.string(), z.array(z.discriminatedUnion('type', [TextPart, RefusalPart]))]).nullish(),
  refusal: z.string().nullish(),
  tool_calls: z.array(FunctionCall).min(1).max(128).nullish(),
})
const ToolMessage = z.looseObject({ role: z.literal('tool'), tool_call_id: z.string().min(1), content: Text })

export const ChatMessage = z.discriminatedUnion('role', [
  InstructionMessage,
  UserMessage,
  AssistantMessage,
  ToolMessage,
])
export type ChatMessage = z.output<typeof ChatMessage>

export const ChatTool = z.looseObject({
  type: z.literal('function'),
  function: z.looseObject({
    name,
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
    strict: z.boolean().nullish(),
  }),
})
export type ChatTool = z.output<typeof ChatTool>

const ToolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.literal('function'), function: z.looseObject({ name }) }),
])

const ResponseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({
      name,
      schema: z.record(z.string(), z.unknown()).optional(),
      strict: z.boolean().nullish(),
    }),
  }),
])

const tokens = z.int().min(1).nullish()

export const ChatCompletionRequest = z
  .strictObject({
    model: z.string().min(1).max(256),
    messages: z.array(ChatMessage).min(1),
    stream: z.boolean().nullish(),
    stream_options: z
      .looseObject({ include_usage: z.boolean().nullish(), include_obfuscation: z.boolean().nullish() })
      .nullish(),
    max_tokens: tokens,
    max_completion_tokens: tokens,
    temperature: z.number().min(0).max(2).nullish(),
    top_p: z.number().min(0).max(1).nullish(),
    frequency_penalty: z.number().min(-2).max(2).nullish(),
    presence_penalty: z.number().min(-2).max(2).nullish(),
    seed: z.int().nullish(),
    stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(4)]).nullish(),
    n: z.int().min(1).max(128).nullish(),
    tools: z.array(ChatTool).max(128).nullish(),
    tool_choice: ToolChoice.nullish(),
    parallel_tool_calls: z.boolean().nullish(),
    response_format: ResponseFormat.nullish(),
    reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
    verbosity: z.enum(['low', 'medium', 'high']).nullish(),
    logprobs: z.boolean().nullish(),
    top_logprobs: z.int().min(0).max(20).nullish(),
    logit_bias: z.record(z.string(), z.number()).nullish(),
    /** Taken, and not passed on: they name the user, or ask for storage or another tariff. */
    user: z.string().nullish(),
    safety_identifier: z.string().nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    store: z.boolean().nullish(),
    service_tier: z.string().nullish(),
    prompt_cache_key: z.string().nullish(),
    prompt_cache_retention: z.string().nullish(),
    /** Known, and refused by name unless they ask for nothing. */
    modalities: z.array(z.string()).nullish(),
    audio: z.unknown().optional(),
    prediction: z.unknown().optional(),
    web_search_options: z.unknown().optional(),
    functions: z.unknown().optional(),
    function_call: z.unknown().optional(),
  })
  .meta({ id: 'ChatCompletionRequest' })
export type ChatCompletionRequest = z.output<typeof ChatCompletionRequest>

/** `prompt_tokens` holds the cached ones, `completion_tokens` the reasoning. */
export const CompletionUsage = z.looseObject({
  prompt_tokens: z.int().nonnegative(),
  completion_tokens: z.int().nonnegative(),
  total_tokens: z.int().nonnegative(),
  prompt_tokens_details: z.looseObject({ cached_tokens: z.int().nonnegative().nullish() }).nullish(),
})
export type CompletionUsage = z.output<typeof CompletionUsage>

/** The error of every `/v1` route; in a stream it stands in the last event, after which no `[DONE]` comes. */
export const OpenAiError = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.string(),
      param: z.string().nullable(),
      code: z.string().nullable(),
    }),
  })
  .meta({ id: 'OpenAiError' })
export type OpenAiError = z.output<typeof OpenAiError>

/** An entry of `GET /v1/models`: OpenAI's four fields, and what Concord knows besides. */
export const OpenAiModel = z
  .looseObject({ id: z.string(), object: z.literal('model'), created: z.int(), owned_by: z.string() })
  .meta({ id: 'OpenAiModel' })
export type OpenAiModel = z.output<typeof OpenAiModel>

export const OpenAiModelList = z
  .object({ object: z.literal('list'), data: z.array(OpenAiModel) })
  .meta({ id: 'OpenAiModelList' })
export type OpenAiModelList = z.output<typeof OpenAiModelList>
