export type Provider = 'openai' | 'anthropic' | 'gemini' | 'xai'

/** What a model was asked, whatever the wire it came by. */
export type Ask = {
  provider: Provider
  model: string
  system: string
  user: string
  form: Form | undefined
  maxOutputTokens: number | undefined
  /** Texts before the first of which the answer ends. */
  stopSequences?: readonly string[] | undefined
  stream: boolean
  /** Absent where the request names no tools. */
  toolUse?: ToolUse | undefined
}

/** The JSON Schema that the answer must follow; some wires carry its name, some do not. */
export type Form = { name: string | undefined; schema: unknown }

/** The tools on offer, whether one must be called, and what earlier calls brought. */
export type ToolUse = {
  tools: readonly { name: string; parameters: unknown }[]
  choice: 'auto' | 'none' | 'required' | { name: string }
  results: readonly string[]
}

/** `arguments` is JSON. */
export type ToolCall = { id: string; name: string; arguments: string }

export type Answer = {
  id: string
  createdAtMs: number
  ask: Ask
  text: string
  /** Instead of a text. */
  toolCall?: ToolCall | undefined
  stop: 'complete' | 'length' | 'refused' | 'tool_call'
  /** Which of the stop sequences ended the text. */
  stoppedBy?: string | undefined
  usage: { input: number; output: number }
}

/** How one API writes an answer: as a single body, or as server-sent events. */
export type Wire = {
  body(answer: Answer): object
  opening(answer: Answer): string
  /** A piece of the text, or of the tool call's arguments where there is one. */
  delta(answer: Answer, text: string, index: number): string
  closing(answer: Answer): string
}

export type Failure = {
  kind: 'unauthorized' | 'invalid' | 'unknown_model' | 'unknown_route' | 'too_large' | 'rate_limited' | 'server_error'
  status: number
  message: string
  retryAfterS?: number
  param?: string
}

/** What differs between providers around the wires: names, headers and the shape of errors. */
export type Dialect = {
  provider: Provider
  requestIdHeader: string
  errorBody(failure: Failure, requestId: string): object
}
