import type { OpeningAnswer, TurnOutput } from '@concord/contracts/turns'
import type { ClaimVector } from '../decision/claim-vectors.ts'

/** The vectors of an opening's claims, in their order; undefined unless there is one for each claim. */
export function readClaimVectors(
  output: TurnOutput,
  { claims }: OpeningAnswer,
): readonly (ClaimVector | undefined)[] | undefined {
  const { claim_vectors: packed } = output
  if (packed === undefined || packed.vectors.length !== claims.length) return undefined
  return packed.vectors.map((vector) => {
    const bytes = Buffer.from(vector, 'base64')
    return bytes.length === 0 ? undefined : { model: packed.model, values: Int8Array.from(bytes) }
  })
}
