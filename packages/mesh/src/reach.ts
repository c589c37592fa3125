import type { Logger } from '@concord/service-kit/logging'
import { PlainError } from './plain-error.ts'

type Engine = { setting: string; url: string | undefined; logger?: Logger }

/** Does the first work with an engine. Where a setting names it and it fails, the sentence names the setting and the host, never a password. */
export async function reach({ setting, url, logger }: Engine, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (err) {
    if (url === undefined) throw err
    logger?.error({ err }, `${setting} cannot be used`)
    throw new PlainError(`${setting}: what should listen at ${new URL(url).host} cannot be used (${reasonOf(err)}).`)
  }
}

/** Why something could not be reached, in a word or a code; never an address with a password in it. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'for no known reason'
  if (error.cause) return reasonOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? error.code : 'it does not answer'
}
