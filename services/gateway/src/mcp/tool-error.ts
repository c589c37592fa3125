import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js'
import { AppError } from '@concord/service-kit/errors'
import type { AppErrorCode } from '@concord/service-kit/errors'

/** What the assistant can do about it. */
const advice: Partial<Record<AppErrorCode, string>> = {
  'invalid-request': 'Correct the input and call again.',
  unprocessable: 'Correct the input and call again.',
  unauthenticated: 'The token is no longer valid: the user has to sign in again or to make a new API key.',
  forbidden: 'The user has to use an API key with that scope.',
  'not-found': 'Ids come from ask_council, and only its own user may read a query.',
  'upstream-timeout': 'Try again later.',
}

/** A tool's failure as its caller may see it: what is wrong with which field, and what to do; a bug's text never. */
export function toolError(error: unknown, requestId: string): CallToolResult {
  if (!(error instanceof AppError)) return failed(`Concord failed at this. Request ${requestId} names it in the logs.`)
  const faults = (error.errors ?? []).map(({ pointer, detail }) => `- ${pointer.replace(/^#\/?/, '')}: ${detail}`)
  const head = faults.length > 0 ? ['The input is invalid:', ...faults] : [sentence(error.message)]
  return failed([...head, ...whatToDo(error)].join('\n'))
}

function failed(text: string): CallToolResult {
  return { isError: true, content: [{ type: 'text', text }] }
}

const queryId = /qry_[0-9a-f]{32}/

/** A query that goes on is read later; asking once more would be a second one. */
function whatToDo({ code, headers, message }: AppError): string[] {
  const [id] = queryId.exec(message) ?? []
  if (id !== undefined && code !== 'upstream-failed' && code !== 'conflict')
    return [`get_deliberation tells how far ${id} is; do not ask the same again.`]
  const seconds = Number(headers['retry-after'])
  if (seconds > 0) return [`Try again in ${seconds} s, not before.`]
  return advice[code] === undefined ? [] : [advice[code]]
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}
