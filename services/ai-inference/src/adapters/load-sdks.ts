import { setTimeout as sleep } from 'node:timers/promises'
import type { Provider } from '../models/catalogue.ts'

const sdks: Record<Provider, () => Promise<unknown>> = {
  openai: () => import('openai'),
  xai: () => import('openai'),
  anthropic: () => import('@anthropic-ai/sdk'),
  gemini: () => import('@google/genai'),
}

/**
 * Loads the providers' SDKs one by one, beginning `afterMs` from now, once the start-up is over: together they keep the process busy for
 * some 0.4 s, which the first query would wait for.
 */
export async function loadSdks(
  providers: Iterable<Provider>,
  { afterMs, signal }: { afterMs: number; signal: AbortSignal },
): Promise<void> {
  for (const provider of new Set(providers)) {
    await sleep(afterMs, undefined, { signal, ref: false }).catch(() => {})
    if (signal.aborted) return
    await sdks[provider]()
  }
}
