import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumPath } from '@concord/testing/chromium'
import { chromium, type BrowserContext } from 'playwright-core'

export type OpenBrowserOptions = {
  width?: number
  height?: number
  locale?: string
  colorScheme?: 'light' | 'dark'
  reducedMotion?: 'reduce' | 'no-preference'
}

/** A Chromium with nothing in it yet, its folder gone when it closes. */
export async function openBrowser(
  o: OpenBrowserOptions = {},
): Promise<{ context: BrowserContext; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'concord-chromium-'))
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: chromiumPath(),
    headless: true,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    viewport: { width: o.width ?? 1_280, height: o.height ?? 900 },
    locale: o.locale ?? 'en-GB',
    colorScheme: o.colorScheme ?? 'light',
    reducedMotion: o.reducedMotion ?? 'no-preference',
  })
  return {
    context,
    async close() {
      await context.close()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
