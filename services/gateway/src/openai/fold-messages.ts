import type { ChatMessage } from '@concord/contracts/chat-completions'
import { wrongParameter } from './door-error.ts'

const longest = 8_000

/**
 * One question of a conversation: the last user message, alone as it is. Behind it come system messages as instructions, and earlier turns
 * as the conversation before it. Throws a 400 that names the message for what a council cannot take (images, tool calls, no question at the
 * end), and for more than 8,000 characters in all.
 */
export function foldMessages(messages: readonly ChatMessage[]): string {
  const read = messages.map((message, index) => ({ role: message.role, text: textOf(message, `messages[${index}]`) }))
  const instructions = read.filter(isInstruction).map(({ text }) => text)
  const turns = read.filter((message) => !isInstruction(message))
  const asked = turns.pop()
  if (asked?.role !== 'user') throw wrongParameter('messages', 'the last message must be the question of a user')
  if (asked.text.trim() === '')
    throw wrongParameter(`messages[${read.indexOf(asked)}].content`, 'the question is empty')
  const question = compose(instructions, turns, asked.text)
  if (question.length > longest)
    throw wrongParameter(
      'messages',
      `the question with its instructions and the conversation so far has ${question.length} characters; the council takes ${longest}`,
      'context_length_exceeded',
    )
  return question
}

type Turn = { role: string; text: string }

function isInstruction({ role }: Turn): boolean {
  return role === 'system' || role === 'developer'
}

function compose(instructions: readonly string[], turns: readonly Turn[], question: string): string {
  const told = instructions.filter((text) => text.trim() !== '')
  return [
    question,
    ...(told.length > 0 ? [`Instructions:\n${told.join('\n')}`] : []),
    ...(turns.length > 0 ? [`The conversation before this question:\n${turns.map(lineOf).join('\n')}`] : []),
  ].join('\n\n')
}

function lineOf({ role, text }: Turn): string {
  return `${role === 'user' ? 'User' : 'Assistant'}: ${text}`
}

function textOf(message: ChatMessage, at: string): string {
  if (message.role === 'tool' || (message.role === 'assistant' && message.tool_calls))
    throw wrongParameter(at, 'the council calls no tools and reads no results of tools', 'unsupported_value')
  const { content } = message
  if (typeof content === 'string') return content
  return (content ?? [])
    .map((part, index) => {
      if (part.type === 'text') return part.text
      if (part.type === 'refusal') return part.refusal
      throw wrongParameter(`${at}.content[${index}]`, 'the council reads text parts only', 'unsupported_value')
    })
    .join('\n')
}
