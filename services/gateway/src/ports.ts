import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { OpenAiModelList } from '@concord/contracts/chat-completions'
import type { DurableEvent } from '@concord/contracts/live-events'
import type { Panel } from '@concord/contracts/panel'
import type { QueryAccepted, QueryDetail, SubmitQuery } from '@concord/contracts/queries'
import type { OpenApiDocument } from './api-reference/openapi-document.ts'
import type { AppError } from '@concord/service-kit/errors'
import type { Principal } from '@concord/service-kit/token'

/** A stretch of a query's durable events, from the orchestrator. */
export type EventHistory = {
  /** Undefined when there is no such query of this user. */
  after(query: { queryId: string; userId: string }, seq: number): Promise<Stretch | undefined>
}

export type Stretch = { ended: boolean; lastSeq: number; events: DurableEvent[] }

/** Live events as they are published; lossy by design. */
export type LiveFeed = {
  follow(queryId: string, listener: (message: string) => void): Promise<() => Promise<void>>
}

/** Keys are exchanged at auth for a token of 60 s. */
export type KeyExchange = { tokenFor(apiKey: string): Promise<string> }

export type TicketStore = {
  issue(principal: Principal): Promise<string>
  /** Works once. */
  redeem(ticket: string): Promise<Principal | undefined>
  /** False when this user has used the key before. */
  claimKey(userId: string, idempotencyKey: string): Promise<boolean>
}

export type Allowance = { allowed: boolean; limit: number; remaining: number; resetMs: number }

export type RequestCounter = {
  hit(name: string, rule: { limit: number; windowMs: number }): Promise<Allowance>
}

/** What the services say of themselves. */
export type ServiceDirectory = {
  /** Their API documents, each with the public paths that the edge passes on. Rejects while one cannot be reached. */
  documents(): Promise<{ document: OpenApiDocument; paths: readonly string[] }[]>
  statuses(): Promise<{ name: string; up: boolean }[]>
}

/** Tells when a session ended, so that its sockets close too. */
export type SessionWatch = {
  onEnd(listener: (sessionId: string) => void): void
  isAlive(sessionId: string): Promise<boolean>
}

/** `replayed`: the key had been used before, and this is the query of then. */
export type SubmittedQuery = QueryAccepted & { replayed?: boolean }

/** The council as the orchestrator serves it, for what the gateway asks in a caller's name. */
export type Council = {
  /**
   * Throws the orchestrator's refusal with its code, detail, `errors` and headers; 'unavailable' or 'upstream-timeout' may hide a query
   * that was taken: the same key then asks again without harm.
   */
  submit(asked: { token: string; body: SubmitQuery; idempotencyKey: string }): Promise<SubmittedQuery>
  /** Stops a user's query, whatever has become of the token it was asked with; one that has ended or is gone is left as it is. */
  cancel(query: { queryId: string; userId: string }): Promise<void>
  /** Throws 'not-found' where the caller has no such query. */
  deliberation(asked: { token: string; queryId: string }): Promise<QueryDetail>
  panel(asked: { token: string }): Promise<Panel>
}

/** Single models, as ai-inference serves them under `/v1`. */
export type ModelsDoor = {
  /** The answer is told as it comes. */
  call(sent: ModelsRequest, answer: ModelsAnswer): { pause(): void; resume(): void; abort(): void }
  /** Only where ai-inference runs in this process: it answers the client itself, and sees it read, lag and leave. */
  handOver?(sent: ModelsRequest, response: ServerResponse): void
  /** Throws 'unavailable'. */
  list(headers: Record<string, string>): Promise<OpenAiModelList>
}

/** A POST where there is a body, a GET where there is none. */
export type ModelsRequest = { path: string; headers: Record<string, string>; body: Buffer | undefined }

/** `head`, pieces, then `end`; `failed` may come in the place of any of them, and ends it. */
export type ModelsAnswer = {
  head(status: number, headers: IncomingHttpHeaders): void
  piece(piece: Buffer): void
  end(): void
  failed(error: AppError): void
}

/** Word of cancelled MCP calls, by their names, to every gateway. */
export type CallCancels = {
  onCancel(listener: (name: string) => void): void
  announce(name: string): Promise<void>
}
