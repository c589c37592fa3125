import type {
  ContentBlockParam,
  MessageCreateParamsStreaming,
  MessageParam,
  OutputConfig,
  TextBlockParam,
  Tool,
  ToolChoice,
  ToolUseBlockParam,
} from '@anthropic-ai/sdk/resources/messages/messages'
import type { ChatCompletionRequest, ChatMessage } from '@concord/contracts/chat-completions'
import { refuseParam } from '../door/door-error.ts'
import { leftOut } from '../completions/preferences.ts'
import { dataUrl } from '../completions/data-url.ts'
import type { CatalogueModel } from '../models/catalogue.ts'

/** Anthropic wants a limit; a request without one gets this, or the model's own where that is lower. */
const usualMaxTokens = 32_000

/** A chat completion as Anthropic's Messages API takes it. Throws a 400 for what cannot be said there. */
export function anthropicChatBody(model: CatalogueModel, request: ChatCompletionRequest): MessageCreateParamsStreaming {
  const ignored = leftOut(model, request)
  const system = systemOf(request)
  const limit = request.max_completion_tokens ?? request.max_tokens
  const stop = typeof request.stop === 'string' ? [request.stop] : request.stop
  const output = outputConfig(request)
  const { temperature, top_p: topP } = request
  return {
    model: model.provider_model,
    max_tokens: limit ?? Math.min(usualMaxTokens, model.limits.max_output_tokens),
    stream: true,
    messages: messagesOf(request.messages),
    ...(system ? { system } : {}),
    ...(stop?.length ? { stop_sequences: stop } : {}),
    ...(request.tools?.length ? { tools: toolsOf(request.tools), tool_choice: toolChoiceOf(request) } : {}),
    ...(output ? { output_config: output } : {}),
    // Anthropic's scale ends at one.
    ...(typeof temperature === 'number' && !ignored.includes('temperature')
      ? { temperature: Math.min(1, temperature) }
      : {}),
    ...(typeof topP === 'number' && !ignored.includes('top_p') ? { top_p: topP } : {}),
  }
}

/** Instructions stand above the conversation, wherever they stood in it; a JSON object without a schema is asked for in words. */
function systemOf({ messages, response_format: format }: ChatCompletionRequest): string {
  const told = messages.filter(isInstruction).map(({ content }) => textOf(content))
  if (format?.type === 'json_object') told.push('Answer with one JSON object and nothing around it.')
  return told.join('\n\n')
}

/** Neighbours of one role become one message, as results of several tools must. */
function messagesOf(messages: readonly ChatMessage[]): MessageParam[] {
  const turns: { role: 'user' | 'assistant'; content: ContentBlockParam[] }[] = []
  for (const [index, message] of messages.entries()) {
    if (isInstruction(message)) continue
    const role = message.role === 'assistant' ? 'assistant' : 'user'
    const blocks = blocksOf(message, index)
    const last = turns.at(-1)
    if (last?.role === role) last.content.push(...blocks)
    else turns.push({ role, content: blocks })
  }
  if (turns.length === 0) throw refuseParam('messages', 'This model needs a message of the user.')
  return turns.filter(({ content }) => content.length > 0)
}

type Instruction = Extract<ChatMessage, { role: 'system' | 'developer' }>
type Conversation = Exclude<ChatMessage, Instruction>

function isInstruction(message: ChatMessage): message is Instruction {
  return message.role === 'system' || message.role === 'developer'
}

function blocksOf(message: Conversation, index: number): ContentBlockParam[] {
  if (message.role === 'tool') {
    return [{ type: 'tool_result', tool_use_id: message.tool_call_id, content: textOf(message.content) }]
  }
  if (message.role === 'assistant') {
    const calls = (message.tool_calls ?? []).map((call, at): ToolUseBlockParam => {
      const { name, arguments: text } = call.function
      return { type: 'tool_use', id: call.id, name, input: argumentsOf(text, `messages[${index}].tool_calls[${at}]`) }
    })
    const said = typeof message.content === 'string' ? message.content : (message.content ?? []).map(spoken).join('')
    return [...textBlocks(said || (message.refusal ?? '')), ...calls]
  }
  if (typeof message.content === 'string') return textBlocks(message.content)
  return message.content.flatMap((part): ContentBlockParam[] => {
    if (part.type === 'text') return textBlocks(part.text)
    return part.type === 'image_url' ? [imageOf(part.image_url.url)] : []
  })
}

function spoken(part: { type: 'text'; text: string } | { type: 'refusal'; refusal: string }): string {
  return part.type === 'text' ? part.text : part.refusal
}

/** Anthropic refuses empty texts. */
function textBlocks(text: string): TextBlockParam[] {
  return text === '' ? [] : [{ type: 'text', text }]
}

const mediaTypes = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'] as const

function imageOf(url: string): ContentBlockParam {
  const data = dataUrl(url)
  if (!data) return { type: 'image', source: { type: 'url', url } }
  const mediaType = mediaTypes.find((type) => type === data.mediaType)
  if (!mediaType) throw refuseParam('messages', `This model takes images of the types ${mediaTypes.join(', ')}.`)
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data: data.base64 } }
}

function argumentsOf(text: string, param: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch {
    throw refuseParam(`${param}.function.arguments`, 'The arguments of an earlier tool call are no JSON.')
  }
}

function toolsOf(tools: NonNullable<ChatCompletionRequest['tools']>): Tool[] {
  return tools.map(({ function: { name, description, parameters, strict } }) => ({
    name,
    input_schema: { ...parameters, type: 'object' as const },
    ...(description ? { description } : {}),
    ...(strict ? { strict } : {}),
  }))
}

function toolChoiceOf({ tool_choice: choice, parallel_tool_calls: parallel }: ChatCompletionRequest): ToolChoice {
  if (choice === 'none') return { type: 'none' }
  const alone = parallel === false ? { disable_parallel_tool_use: true } : {}
  if (typeof choice === 'object' && choice) return { type: 'tool', name: choice.function.name, ...alone }
  return { type: choice === 'required' ? 'any' : 'auto', ...alone }
}

function outputConfig({ response_format: format, reasoning_effort: effort }: ChatCompletionRequest) {
  const schema = format?.type === 'json_schema' ? format.json_schema.schema : undefined
  const config: OutputConfig = {
    ...(effort ? { effort: efforts[effort] } : {}),
    ...(schema ? { format: { type: 'json_schema', schema } } : {}),
  }
  return Object.keys(config).length > 0 ? config : undefined
}

const efforts = { none: 'low', minimal: 'low', low: 'low', medium: 'medium', high: 'high', xhigh: 'xhigh' } as const

function textOf(content: string | readonly { text: string }[]): string {
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('\n')
}
