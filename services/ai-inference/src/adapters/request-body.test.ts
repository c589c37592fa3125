import { createServer } from 'node:http'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aCall } from '../../test/builders.ts'
import { loadCatalogue } from '../models/catalogue.ts'
import { languageModel } from './language-model.ts'

let sent: unknown
let baseUrl = ''
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    sent = JSON.parse(Buffer.concat(chunks).toString())
    response.writeHead(500).end()
  })
})
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  baseUrl = typeof address === 'object' && address ? `http://127.0.0.1:${address.port}` : ''
})
afterAll(() => void server.close())

async function bodyFor(name: string, temperature: number | null = null): Promise<unknown> {
  const model = loadCatalogue().get(name)
  if (!model) throw new Error('no such model')
  const language = languageModel(model, { apiKey: 'sk-key', baseUrl, sandbox: false })
  await language.generate(aCall('vote', { temperature })).catch(() => {})
  return sent
}

const schema = { type: 'object', required: ['votes'], additionalProperties: false }

describe('what a provider is sent', () => {
  test.each(['gpt5', 'grok'])('%s: not to be stored, strict form', async (name) => {
    expect(await bodyFor(name)).toMatchObject({
      store: false,
      stream: true,
      max_output_tokens: 4_000,
      text: { format: { type: 'json_schema', name: 'votes', strict: true, schema } },
    })
  })

  test('claude: the form, and no sampling parameters, which it refuses', async () => {
    const body = await bodyFor('claude', 0.7)

    expect(body).toMatchObject({
      stream: true,
      max_tokens: 4_000,
      output_config: { effort: 'medium', format: { type: 'json_schema', schema } },
    })
    expect(body).not.toHaveProperty('temperature')
  })

  test('gemini: not to be stored, the form, the temperature', async () => {
    expect(await bodyFor('gemini', 0.7)).toMatchObject({
      store: false,
      generationConfig: {
        maxOutputTokens: 4_000,
        temperature: 0.7,
        responseMimeType: 'application/json',
        responseJsonSchema: schema,
      },
    })
  })
})
