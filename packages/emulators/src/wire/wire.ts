export type Provider = 'openai' | 'anthropic' | 'gemini' | 'xai'

/** What a model was asked, whatever the wire it came by. */
export type Ask = {
  provider: Provider
  model: string
  system: string
  user: string
  form: Form | undefined
  maxOutputTokens: number | undefined
  stream: boolean
}

/** The JSON Schema that the answer must follow; some wires carry its name, some do not. */
export type Form = { name: string | undefined; schema: unknown }

export type Answer = {
  id: string
  createdAtMs: number
  ask: Ask
  text: string
  stop: 'complete' | 'length' | 'refused'
  usage: { input: number; output: number }
}

/** How one API writes an answer: as a single body, or as server-sent events. */
export type Wire = {
  body(answer: Answer): object
  opening(answer: Answer): string
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
