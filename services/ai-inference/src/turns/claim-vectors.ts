import type { ClaimVectors } from '@concord/contracts/turns'
import { z } from 'zod'

const longestBody = 4 * 1024 * 1024
const Body = z.object({ data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()) })) })

type Wanted = {
  /** The claims' own, in their order. A blank one is not embedded. */
  texts: readonly string[]
  dimensions: number
  model: string
}

/** What is to be embedded of these claims. */
export function embeddable(texts: readonly string[]): string[] {
  return texts.filter((text) => text.trim() !== '')
}

/**
 * Reads the body of an answer of `POST /v1/embeddings`, and packs its vectors into a byte a dimension: each is stretched until its greatest number is
 * 127, which moves the cosine of two vectors by less than 0.005. Undefined where a vector is missing, of another length, or has no direction.
 */
export function packVectors(body: Uint8Array, { texts, dimensions, model }: Wanted): ClaimVectors | undefined {
  const data = readBody(body)
  const count = embeddable(texts).length
  if (data?.length !== count) return undefined
  const packed = new Map(data.map(({ index, embedding }) => [index, pack(embedding, dimensions)]))
  let next = 0
  const vectors = texts.map((text) => (text.trim() === '' ? '' : packed.get(next++)))
  const whole = vectors.filter((vector) => vector !== undefined)
  return whole.length === texts.length ? { model, vectors: whole } : undefined
}

function readBody(body: Uint8Array): z.output<typeof Body>['data'] | undefined {
  if (body.length > longestBody) return undefined
  try {
    return Body.safeParse(JSON.parse(new TextDecoder().decode(body))).data?.data
  } catch {
    return undefined
  }
}

function pack(vector: readonly number[], dimensions: number): string | undefined {
  const greatest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (vector.length !== dimensions || !(greatest > 0) || !Number.isFinite(greatest)) return undefined
  return Buffer.from(Int8Array.from(vector, (value) => Math.round((127 * value) / greatest)).buffer).toString('base64')
}
