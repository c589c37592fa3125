import type { TurnPurpose } from '@concord/contracts/turns'
import { parse } from 'partial-json'
import { isRecord } from './json-schema.ts'

/** The part of an unfinished structured answer that a person may read while it grows: its reasoning. */
export function readableText(purpose: TurnPurpose, raw: string): string {
  if (purpose === 'synthesis') return raw
  const start = raw.indexOf('{')
  if (start < 0) return ''
  const answer = parsePartial(raw.slice(start))
  if (!isRecord(answer)) return ''
  return withoutHalfCharacter(reasoningOf(answer).join('\n'))
}

function reasoningOf(answer: Record<string, unknown>): string[] {
  if (Array.isArray(answer['reasoning'])) return answer['reasoning'].filter((line) => typeof line === 'string')
  if (typeof answer['reason'] === 'string') return [answer['reason']]
  if (!Array.isArray(answer['votes'])) return []
  return answer['votes'].flatMap((vote) =>
    isRecord(vote) && typeof vote['reason'] === 'string' ? [vote['reason']] : [],
  )
}

function parsePartial(text: string): unknown {
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

/** An escaped character beyond the first plane may have come by half only. */
function withoutHalfCharacter(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text
}
