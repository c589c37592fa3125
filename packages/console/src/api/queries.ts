import type { Feedback, GiveFeedback } from '@concord/contracts/feedback'
import type { Panel } from '@concord/contracts/panel'
import type { QueryAccepted, QueryDetail, QueryList, SubmitQuery, UserStats } from '@concord/contracts/queries'
import { request } from './client.ts'

export function submitQuery(body: SubmitQuery, idempotencyKey: string): Promise<QueryAccepted> {
  return request('POST', '/queries/submit', { body, headers: { 'idempotency-key': idempotencyKey } })
}

export function readQuery(queryId: string, signal?: AbortSignal): Promise<QueryDetail> {
  return request('GET', `/queries/${encodeURIComponent(queryId)}`, signal ? { signal } : {})
}

export function listQueries(cursor: string | null): Promise<QueryList> {
  const page = new URLSearchParams({ limit: '20', ...(cursor === null ? {} : { cursor }) })
  return request('GET', `/queries?${page}`)
}

export function cancelQuery(queryId: string): Promise<unknown> {
  return request('POST', `/queries/${encodeURIComponent(queryId)}/cancel`)
}

export function deleteQuery(queryId: string): Promise<unknown> {
  return request('DELETE', `/queries/${encodeURIComponent(queryId)}`)
}

export function giveFeedback(queryId: string, body: GiveFeedback): Promise<Feedback> {
  return request('POST', `/queries/${encodeURIComponent(queryId)}/feedback`, { body })
}

export function readPanel(): Promise<Panel> {
  return request('GET', '/panel')
}

export function readStats(): Promise<UserStats> {
  return request('GET', '/user/stats')
}

/** `crypto.randomUUID` exists on https and localhost only; this works on any page. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
