import { z } from 'zod'
import { hash } from '../brain/hash.ts'
import { knownModel, readBody } from '../wire/read-body.ts'

const texts = z.string().min(1)
const tokenIds = z.array(z.int().nonnegative()).min(1)

const Request = z.object({
  model: z.string().min(1),
  input: z.union([texts, z.array(texts).min(1).max(2_048), tokenIds, z.array(tokenIds).min(1).max(2_048)]),
  encoding_format: z.enum(['float', 'base64']).nullish(),
  dimensions: z.int().min(1).max(4_096).nullish(),
})

type Embedded = { model: string; inputs: readonly string[]; body: object }

/** Answers a body of `POST /v1/embeddings`. Texts that share words and pieces of words lie near each other. */
export function embed(body: unknown, usualDimensions: number): Embedded {
  const request = readBody(Request, body)
  const inputs = inputsOf(request.input)
  const length = request.dimensions ?? usualDimensions
  const tokens = inputs.reduce((sum, { tokens: own }) => sum + own, 0)
  const model = knownModel(request.model)
  const data = inputs.map(({ text }, index) => {
    const vector = vectorOf(text, length)
    return { object: 'embedding', index, embedding: request.encoding_format === 'base64' ? packed(vector) : vector }
  })
  return {
    model,
    inputs: inputs.map(({ text }) => text),
    body: { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } },
  }
}

/** Tokens stand for themselves: what they spell only a real model knows. */
function inputsOf(input: z.output<typeof Request>['input']): { text: string; tokens: number }[] {
  if (typeof input === 'string') return [ofText(input)]
  const ids = input.filter((one) => typeof one === 'number')
  if (ids.length > 0) return [ofTokens(ids)]
  return input.flatMap((one) => (typeof one === 'string' ? ofText(one) : typeof one === 'number' ? [] : ofTokens(one)))
}

function ofText(text: string): { text: string; tokens: number } {
  return { text, tokens: Math.max(1, Math.ceil(text.length / 4)) }
}

function ofTokens(ids: readonly number[]): { text: string; tokens: number } {
  return { text: ids.map((id) => `token${id}`).join(' '), tokens: ids.length }
}

/** Feature hashing (Weinberger et al., 2009) of words and their pieces of three letters, to length one. */
function vectorOf(text: string, length: number): number[] {
  const vector = Array.from({ length }, () => 0)
  for (const feature of featuresOf(text)) {
    const place = Math.floor(hash(feature) * length)
    vector[place] = (vector[place] ?? 0) + (hash(`sign ${feature}`) < 0.5 ? -1 : 1)
  }
  const norm = Math.hypot(...vector) || 1
  return vector.map((value) => value / norm)
}

function featuresOf(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]
  return words.flatMap((word) => [
    `word ${word}`,
    ...Array.from({ length: Math.max(0, word.length - 2) }, (_, at) => word.slice(at, at + 3)),
  ])
}

/** Little-endian 32-bit floats, as OpenAI's SDK asks for them. */
function packed(vector: readonly number[]): string {
  return Buffer.from(Float32Array.from(vector).buffer).toString('base64')
}
