import type { ChatMessage } from '@concord/contracts/chat-completions'
import { expect, test } from 'vitest'
import { toOpenAiError } from './door-error.ts'
import { foldMessages } from './fold-messages.ts'

const user = (content: string): ChatMessage => ({ role: 'user', content })

function refusalOf(messages: ChatMessage[]) {
  try {
    return foldMessages(messages)
  } catch (error) {
    return toOpenAiError(error)
  }
}

test('a question that stands alone is asked as it is', () => {
  expect(foldMessages([user(' What is 6 * 7? ')])).toBe(' What is 6 * 7? ')
})

test('instructions and earlier turns stand behind the question', () => {
  const folded = foldMessages([
    { role: 'system', content: 'Answer briefly.' },
    user('What is 6 * 7?'),
    { role: 'assistant', content: '42' },
    { role: 'developer', content: [{ type: 'text', text: 'In French.' }] },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'And' },
        { type: 'text', text: '6 * 8?' },
      ],
    },
  ])

  expect(folded).toBe(
    [
      'And\n6 * 8?',
      'Instructions:\nAnswer briefly.\nIn French.',
      'The conversation before this question:\nUser: What is 6 * 7?\nAssistant: 42',
    ].join('\n\n'),
  )
})

test.each<{ what: string; messages: ChatMessage[]; param: string; code: string }>([
  {
    what: 'an answer at the end',
    messages: [user('a'), { role: 'assistant', content: 'b' }],
    param: 'messages',
    code: 'invalid_value',
  },
  {
    what: 'nothing but instructions',
    messages: [{ role: 'system', content: 'a' }],
    param: 'messages',
    code: 'invalid_value',
  },
  {
    what: 'an empty question',
    messages: [user('a'), user(' \n')],
    param: 'messages[1].content',
    code: 'invalid_value',
  },
  {
    what: 'more than 8,000 characters',
    messages: [user('x'.repeat(4_000)), user('y'.repeat(4_000))],
    param: 'messages',
    code: 'context_length_exceeded',
  },
  {
    what: 'an image',
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'image_url', image_url: { url: 'data:,' } },
        ],
      },
    ],
    param: 'messages[0].content[1]',
    code: 'unsupported_value',
  },
  {
    what: 'the result of a tool',
    messages: [user('a'), { role: 'tool', tool_call_id: '1', content: 'b' }, user('c')],
    param: 'messages[1]',
    code: 'unsupported_value',
  },
])('$what is a 400 that names it', ({ messages, param, code }) => {
  expect(refusalOf(messages)).toMatchObject({ status: 400, error: { type: 'invalid_request_error', param, code } })
})
