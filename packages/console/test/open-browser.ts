import { chromiumPath } from '@concord/testing/chromium'
import { chromium, type Browser } from 'playwright-core'

/** A Chromium with a new, empty profile, which goes when it closes. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
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
  })
}
