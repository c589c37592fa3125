import { z } from 'zod'

const text = z.string().min(1).max(200_000)
const token = z.int().min(0).max(1_000_000)
const tokens = z.array(token).min(1).max(32_768)
/** As many as OpenAI takes. */
const mostInputs = 2_048
const tooMany = `expected at most ${mostInputs} inputs a call`

/** OpenAI's body of `POST /v1/embeddings` (https://platform.openai.com/docs/api-reference/embeddings). */
export const EmbeddingRequest = z
  .strictObject({
    model: z.string().min(1).max(256),
    input: z.union([
      text,
      z.array(text).min(1).max(mostInputs, tooMany),
      tokens,
      z.array(tokens).min(1).max(mostInputs, tooMany),
    ]),
    encoding_format: z.enum(['float', 'base64']).nullish(),
    dimensions: z.int().min(1).max(65_536).nullish(),
    /** Taken, and not passed on. */
    user: z.string().nullish(),
  })
  .meta({ id: 'EmbeddingRequest' })
export type EmbeddingRequest = z.output<typeof EmbeddingRequest>

/** About how many tokens each text has; for lists of tokens exactly. */
export function tokensOfInputs({ input }: EmbeddingRequest): number[] {
  if (typeof input === 'string') return [Math.ceil(input.length / 4)]
  const lists: number[] = []
  let bare = 0
  for (const item of input) {
    if (typeof item === 'number') bare += 1
    else lists.push(typeof item === 'string' ? Math.ceil(item.length / 4) : item.length)
  }
  return bare > 0 ? [bare] : lists
}
