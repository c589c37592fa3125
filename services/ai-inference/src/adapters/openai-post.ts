import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import type { Provider } from '../models/catalogue.ts'
import type { ProviderAccess } from '../models/provider-access.ts'
import { exchange } from './exchange.ts'
import type { Flow } from './exchange.ts'
import { UpstreamStatusError } from './upstream-status-error.ts'

export type Target = { pool: Dispatcher; path: string; headers: Record<string, string> }

/** Rejects with an UpstreamStatusError for anything but a 200. */
export async function post(
  target: Target,
  body: string,
  signal: AbortSignal,
  onData: (bytes: Buffer, flow: Flow) => void,
): Promise<void> {
  let refused: { status: number; headers: IncomingHttpHeaders; text: string } | undefined
  await exchange({
    ...target,
    body,
    signal,
    onHead(status, headers) {
      if (status !== 200) refused = { status, headers, text: '' }
    },
    onData(bytes, flow) {
      if (!refused) onData(bytes, flow)
      else if (refused.text.length < 65_536) refused.text += bytes.toString()
    },
  })
  if (refused) throw new UpstreamStatusError(refused.status, refused.headers, refused.text)
}

/** Where OpenAI's wires begin at each provider; Anthropic's models are asked by its own. */
const openAiBase: Record<Provider, string> = {
  openai: '/v1',
  xai: '/v1',
  gemini: '/v1beta/openai',
  anthropic: '/v1',
}

/** Where one of a provider's OpenAI-compatible routes is, and the key to it. */
export function openAiTarget(provider: Provider, access: ProviderAccess, pool: Dispatcher, route: string): Target {
  const prefix = new URL(access.baseUrl).pathname.replace(/\/$/, '')
  return {
    pool,
    path: `${prefix}${openAiBase[provider]}${route}`,
    headers: { authorization: `Bearer ${access.apiKey}`, 'content-type': 'application/json' },
  }
}
