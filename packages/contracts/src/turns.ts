import { z } from 'zod'

export const TurnPurpose = z.enum(['opening', 'vote', 'debate', 'synthesis'])
export type TurnPurpose = z.output<typeof TurnPurpose>

const share = z.number().min(0).max(1)
const line = z.string().max(4_000)

/** The blind first answer of a model. `reasoning` stands first, so that a model thinks before it commits itself. */
export const OpeningAnswer = z.object({
  reasoning: z.array(line).max(24),
  answer_type: z.enum(['open', 'choice', 'number', 'boolean']),
  final: z.string().max(8_000).nullable(),
  alternatives: z.array(z.object({ final: z.string().max(2_000), probability: share })).max(8),
  confidence: share,
  claims: z
    .array(z.object({ text: z.string().max(1_000), kind: z.string().max(40), salience: share, confidence: share }))
    .max(24),
})
export type OpeningAnswer = z.output<typeof OpeningAnswer>

export const Votes = z.object({
  votes: z
    .array(
      z.object({
        claim: z.string().max(16),
        reason: line,
        vote: z.enum(['agree', 'disagree', 'abstain']),
        confidence: share,
      }),
    )
    .max(128),
})
export type Votes = z.output<typeof Votes>

/** `final` for closed questions, `votes` for open ones; `error_quoted` is a verbatim quotation of the step that is wrong. */
export const DebateReply = z.object({
  reason: line,
  error_quoted: z.string().max(2_000).nullable(),
  stance: z.enum(['keep', 'change']),
  final: z.string().max(8_000).nullable(),
  votes: z
    .array(
      z.object({
        claim: z.string().max(16),
        reason: line,
        vote: z.enum(['agree', 'disagree', 'abstain']),
        confidence: share,
      }),
    )
    .max(128),
  confidence: share,
})
export type DebateReply = z.output<typeof DebateReply>

/** The structured output asked for by purpose; a synthesis is plain text, one sentence a line, each ending in its claim ids: `… [c1 c3]`. */
export const turnForms = {
  opening: { name: 'opening_answer', schema: OpeningAnswer },
  vote: { name: 'votes', schema: Votes },
  debate: { name: 'debate_reply', schema: DebateReply },
} as const

/** What a model is asked, sealed inside `turn.requested.v1`. */
export const TurnPrompt = z.object({
  system: z.string().max(20_000),
  user: z.string().max(400_000),
  max_output_tokens: z.int().positive(),
  /** US dollars that the turn may cost with all its attempts; absent where there is no bound. */
  max_cost_usd: z.number().nonnegative().optional(),
  temperature: z.number().min(0).max(2).nullable(),
})
export type TurnPrompt = z.output<typeof TurnPrompt>

/**
 * What the claims of an opening say, as an embedding model sees it, for finding those that say the same. `vectors` are in the order of the
 * claims: the base64 of signed bytes, one for each dimension, of which only the direction means something; empty for a claim without text.
 */
export const ClaimVectors = z.object({
  /** Vectors of different models cannot be compared. */
  model: z.string().max(256),
  vectors: z.array(z.string().max(1_368)).max(24),
})
export type ClaimVectors = z.output<typeof ClaimVectors>

/**
 * What a model answered, sealed inside `turn.completed.v1`. `json` has passed the form of the turn's purpose; null for a synthesis.
 * `claim_vectors` are no part of the answer: absent where there are none, and where they cannot be read.
 */
export const TurnOutput = z.object({
  text: z.string(),
  json: z.unknown(),
  claim_vectors: ClaimVectors.optional().catch(undefined),
})
export type TurnOutput = z.output<typeof TurnOutput>

/** Why a turn was lost for good. */
export const TurnFailure = z.enum([
  'rate_limited',
  'upstream_error',
  'stream_cut',
  'timed_out',
  'malformed_output',
  'refused_connection',
  'refused_content',
  'unconfigured',
  'circuit_open',
  'cancelled',
])
export type TurnFailure = z.output<typeof TurnFailure>
