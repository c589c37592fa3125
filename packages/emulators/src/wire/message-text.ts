import { z } from 'zod'

/** Message content as the providers take it: a string, or parts of which only the text matters here. */
export const Content = z.union([z.string(), z.array(z.looseObject({ text: z.string().optional() }))])
export type Content = z.output<typeof Content>

export function textOf(content: Content | undefined | null): string {
  if (content === undefined || content === null) return ''
  if (typeof content === 'string') return content
  return content.flatMap(({ text }) => text ?? []).join('\n')
}

type Message = { role?: string | undefined; content?: Content | null | undefined }

/** The system prompt and the user's text of a conversation; what the assistant said before is left out. */
export function splitMessages(messages: readonly Message[]): { system: string; user: string } {
  const of = (roles: readonly string[]) =>
    messages.filter(({ role = 'user' }) => roles.includes(role)).map(({ content }) => textOf(content))
  return { system: of(['system', 'developer']).join('\n'), user: of(['user']).join('\n') }
}
