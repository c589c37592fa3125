import { ChatCompletionRequest } from '@concord/contracts/chat-completions'
import { refuseParam } from '../door/door-error.ts'
import { readBody } from '../door/read-body.ts'

/** Parameters that no model here can honour, and the values that ask for nothing. */
const refused: Partial<Record<keyof ChatCompletionRequest, (value: unknown) => boolean>> = {
  n: (value) => value === 1,
  modalities: (value) => Array.isArray(value) && value.every((kind) => kind === 'text'),
  audio: () => false,
  prediction: () => false,
  web_search_options: () => false,
  functions: () => false,
  function_call: () => false,
}

/** Reads the body of a chat completion. Throws a 400 that names the parameter: wrong, unknown, or known and not to be had. */
export function readChatRequest(body: unknown, { messagesMax }: { messagesMax: number }): ChatCompletionRequest {
  const request = readBody(ChatCompletionRequest, body)
  for (const [param, asksNothing] of Object.entries(refused)) {
    const value: unknown = Reflect.get(request, param)
    if (value === undefined || value === null || asksNothing(value)) continue
    if (param === 'n')
      throw refuseParam('n', 'Only one choice (n = 1) can be asked for at a time.', 'unsupported_value')
    throw refuseParam(param, `The parameter ${param} is not supported here.`, 'unsupported_parameter')
  }
  if (request.messages.length > messagesMax)
    throw refuseParam('messages', `More than ${messagesMax} messages.`, 'array_above_max_length')
  if (request.tool_choice && !request.tools?.length)
    throw refuseParam('tool_choice', 'A tool_choice needs tools.', 'invalid_value')
  if (request.stream_options && !request.stream)
    throw refuseParam('stream_options', 'stream_options needs stream: true.', 'invalid_value')
  refuseOtherParts(request)
  return request
}

function refuseOtherParts({ messages }: ChatCompletionRequest): void {
  for (const [index, { role, content }] of messages.entries()) {
    if (role !== 'user' || typeof content === 'string') continue
    const at = content.findIndex(({ type }) => type !== 'text' && type !== 'image_url')
    if (at < 0) continue
    throw refuseParam(`messages[${index}].content[${at}]`, 'Only text and images are supported.', 'unsupported_value')
  }
}
