import { ChatCompletionRequest } from '@concord/contracts/chat-completions'
import { describe, expect, test } from 'vitest'
import { loadCatalogue } from '../models/catalogue.ts'
import { leftOut } from '../completions/preferences.ts'
import { anthropicChatBody } from './anthropic-chat-body.ts'
import { openAiChatBody } from './openai-chat-body.ts'

const catalogue = loadCatalogue()
const model = (name: string) => {
  const found = catalogue.get(name)
  if (!found) throw new Error(`no model ${name}`)
  return found
}
const aRequest = (changes: Record<string, unknown> = {}) =>
  ChatCompletionRequest.parse({ model: 'gpt5', messages: [{ role: 'user', content: 'Hello' }], ...changes })
const tool = {
  type: 'function',
  function: { name: 'get_weather', parameters: { properties: { city: { type: 'string' } } } },
}
const png = 'data:image/png;base64,iVBORw0KGgo='

describe('what a provider of OpenAI’s wires is sent', () => {
  const bodyFor = (name: string, changes: Record<string, unknown> = {}): unknown =>
    JSON.parse(openAiChatBody(model(name), aRequest(changes)))

  test('the request as it came, with its own name for the model', () => {
    const changes = {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look', extra_content: { google: 1 } },
            { type: 'image_url', image_url: { url: png } },
          ],
        },
      ],
      tools: [tool],
      tool_choice: 'auto',
      parallel_tool_calls: false,
      response_format: { type: 'json_object' },
      stop: ['a', 'b'],
      seed: 7,
      temperature: 0.5,
      top_p: 0.5,
      logit_bias: { 50256: -100 },
    }

    expect(bodyFor('gemini', changes)).toEqual({ ...changes, model: 'gemini-3.1-pro-preview' })
  })

  test('the limit under its present name', () => {
    expect(bodyFor('gpt5', { max_tokens: 5 })).toMatchObject({ max_completion_tokens: 5 })
    expect(bodyFor('gpt5', { max_tokens: 5 })).not.toHaveProperty('max_tokens')
  })

  test('always the wish to be told the usage of a stream', () => {
    expect(bodyFor('grok', { stream: true })).toMatchObject({ stream: true, stream_options: { include_usage: true } })
    expect(
      bodyFor('grok', { stream: true, stream_options: { include_usage: false, include_obfuscation: false } }),
    ).toMatchObject({
      stream_options: { include_usage: true, include_obfuscation: false },
    })
  })

  test('neither who asks nor a wish for storage or another tariff', () => {
    const asked = { user: 'ada', safety_identifier: 'x', metadata: { a: 'b' }, store: true, service_tier: 'priority' }

    expect(bodyFor('gpt5', asked)).toEqual({ ...JSON.parse(JSON.stringify(bodyFor('gpt5'))), store: false })
    expect(bodyFor('grok', asked)).toEqual(bodyFor('grok'))
  })

  test('no wish about sampling that the model refuses, which the answer names', () => {
    const asked = { temperature: 0.2, top_p: 1, presence_penalty: 0 }

    expect(bodyFor('gpt5', asked)).not.toHaveProperty('temperature')
    expect(leftOut(model('gpt5'), aRequest(asked))).toEqual(['temperature'])
    expect(leftOut(model('grok'), aRequest(asked))).toEqual([])
  })
})

describe('what Anthropic is sent', () => {
  const bodyFor = (changes: Record<string, unknown> = {}) => anthropicChatBody(model('claude'), aRequest(changes))

  test('instructions above the conversation, neighbours of one role as one message', () => {
    const body = bodyFor({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'How is the weather?' },
        {
          role: 'assistant',
          content: 'I look.',
          tool_calls: [
            { id: 'a', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Lyon"}' } },
            { id: 'b', type: 'function', function: { name: 'get_weather', arguments: '' } },
          ],
        },
        { role: 'tool', tool_call_id: 'a', content: 'rain' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'sun' }] },
        { role: 'developer', content: [{ type: 'text', text: 'In French.' }] },
        { role: 'user', content: 'And?' },
      ],
    })

    expect(body).toMatchObject({ system: 'Be brief.\n\nIn French.', max_tokens: 32_000, stream: true })
    expect(body.messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'How is the weather?' }] },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'I look.' },
          { type: 'tool_use', id: 'a', name: 'get_weather', input: { city: 'Lyon' } },
          { type: 'tool_use', id: 'b', name: 'get_weather', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'rain' },
          { type: 'tool_result', tool_use_id: 'b', content: 'sun' },
          { type: 'text', text: 'And?' },
        ],
      },
    ])
  })

  test.each([
    ['auto', { type: 'auto' }],
    ['required', { type: 'any' }],
    ['none', { type: 'none' }],
    [
      { type: 'function', function: { name: 'get_weather' } },
      { type: 'tool', name: 'get_weather' },
    ],
  ])('the tools, with the choice %j', (choice, expected) => {
    const body = bodyFor({ tools: [tool], tool_choice: choice })

    expect(body.tool_choice).toEqual(expected)
    expect(body.tools).toEqual([
      { name: 'get_weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } },
    ])
  })

  test('one tool at a time where that is asked for', () => {
    expect(bodyFor({ tools: [tool], parallel_tool_calls: false }).tool_choice).toEqual({
      type: 'auto',
      disable_parallel_tool_use: true,
    })
  })

  test('images, forms, limits and effort under its own names', () => {
    const schema = { type: 'object' }
    const body = bodyFor({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'image_url', image_url: { url: png } },
            { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
          ],
        },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'a', schema } },
      max_completion_tokens: 9,
      stop: 'END',
      reasoning_effort: 'high',
    })

    expect(body).toMatchObject({
      max_tokens: 9,
      stop_sequences: ['END'],
      output_config: { effort: 'high', format: { type: 'json_schema', schema } },
    })
    expect(body.messages[0]?.content).toEqual([
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } },
      { type: 'image', source: { type: 'url', url: 'https://x.test/a.png' } },
    ])
  })

  test('nothing that cannot be read: the parameter is named', () => {
    const call = { id: 'a', type: 'function', function: { name: 'f', arguments: '{"a":' } }
    const messages = [
      { role: 'user', content: 'x' },
      { role: 'assistant', tool_calls: [call] },
    ]

    expect(() => bodyFor({ messages })).toThrow(
      expect.objectContaining({
        openAi: expect.objectContaining({ param: 'messages[1].tool_calls[0].function.arguments' }),
      }),
    )
  })
})
