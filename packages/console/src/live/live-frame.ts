import type { Heartbeat, LiveEvent } from '@concord/contracts/live-events'

export type LiveFrame = LiveEvent | Heartbeat

/** The frame as JSON, or undefined for what is not an event of ours. The server has validated the rest. */
export function readFrame(text: unknown): LiveFrame | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(text)
    return isFrame(value) ? value : undefined
  } catch {
    return undefined
  }
}

function isFrame(value: unknown): value is LiveFrame {
  if (typeof value !== 'object' || value === null || !('type' in value)) return false
  if (value.type === 'heartbeat') return true
  if (typeof value.type !== 'string' || !('query_id' in value) || !('data' in value)) return false
  if (typeof value.data !== 'object' || value.data === null) return false
  return !('seq' in value) || Number.isInteger(value.seq)
}
