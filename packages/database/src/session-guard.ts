import type { Frame } from './frame-reader.ts'
import { readText } from './wire.ts'

const sessionState =
  /^\s*(?:listen|unlisten|copy|declare\s.*\bwith\s+hold\b|set\s+(?!local\b|transaction\b|constraints\b)|create\s+(?:local\s+|global\s+)?temp(?:orary)?\b)|\bpg_(?:try_)?advisory_lock(?:_shared)?\s*\(/i

/**
 * Why a message may not run on the embedded engine: its one session is shared by all connections, so what PostgreSQL keeps
 * per session would silently belong to everybody. Saying so is better than a fault that only one engine shows.
 */
export function refusal(frame: Frame): string | undefined {
  if (frame.type !== 'P' && frame.type !== 'Q') return undefined
  const first = readText(frame.bytes, 5)
  if (frame.type === 'P' && first.value !== '')
    return 'named prepared statements are not available: sessions are shared'
  const statement = frame.type === 'Q' ? first.value : readText(frame.bytes, first.next).value
  return sessionState.test(statement)
    ? 'session state (SET, LISTEN, COPY, temporary tables, session locks) is not available: sessions are shared'
    : undefined
}
