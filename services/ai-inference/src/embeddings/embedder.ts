import type { AnswerMeter } from '../completions/chat-backend.ts'
import type { EmbeddingRequest } from './embedding-request.ts'

export type EmbeddingCall = { request: EmbeddingRequest; meter: AnswerMeter; signal: AbortSignal }

/** One embedding model behind one provider, asked once. Gives the body of the answer; rejects as a ChatBackend does. */
export type Embedder = (call: EmbeddingCall) => Promise<Uint8Array>
