/** One server-sent event with a name, as OpenAI's Responses and Anthropic's Messages send them. */
export function namedEvent(data: { type: string }): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}

/** One server-sent event without a name, as Chat Completions and Gemini send them. */
export function plainEvent(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`
}
