import { setTimeout as sleep } from 'node:timers/promises'

/** Waits; `Infinity` waits until the client goes away. */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(Math.min(ms, 2 ** 31 - 1), undefined, { signal })
  else signal.throwIfAborted()
}
