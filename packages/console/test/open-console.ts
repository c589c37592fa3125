import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { patienceMs } from '@concord/testing/patience'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { build } from 'vite'
import { startFakeApi, type FakeApi } from './fake-api.ts'
import { openBrowser } from './open-browser.ts'

export type TestConsole = {
  dist: string
  /** A page of somebody new, on a fake API of its own. `faults` collects what a page should never report. */
  open(o?: BrowserContextOptions & { speed?: number }): Promise<{ page: Page; api: FakeApi; faults: string[] }>
  closePages(): Promise<void>
  close(): Promise<void>
}

/** Builds the page as it is shipped, and opens it in a real browser. */
export async function buildConsole(): Promise<TestConsole> {
  const dist = await mkdtemp(join(tmpdir(), 'concord-console-'))
  await build({
    root: fileURLToPath(new URL('..', import.meta.url)),
    logLevel: 'error',
    build: { outDir: dist, emptyOutDir: true },
  })
  const browser: Browser = await openBrowser()
  let opened: (() => Promise<void>)[] = []

  async function closePages(): Promise<void> {
    const closing = opened
    opened = []
    await Promise.all(closing.map((close) => close()))
  }

  return {
    dist,
    async open({ speed = 6, ...options } = {}) {
      const api = await startFakeApi({ dist, speed })
      const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, locale: 'en-GB', ...options })
      opened.push(() => context.close().then(() => api.close()))
      context.setDefaultTimeout(patienceMs)
      const page = await context.newPage()
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(error.message))
      page.on('dialog', (dialog) => faults.push(`dialog: ${dialog.message()}`))
      page.on('console', (message) => {
        // A refused request is reported by the browser itself; the tests that refuse look at the page.
        if (message.type() === 'error' && !message.text().includes('Failed to load resource'))
          faults.push(message.text())
      })
      await page.goto(api.url)
      return { page, api, faults }
    },
    closePages,
    async close() {
      await closePages()
      await browser.close()
      await rm(dist, { recursive: true, force: true })
    },
  }
}

const password = 'correct horse battery'

export async function signUp(page: Page, email = 'ada@example.org'): Promise<void> {
  await page.locator('.account-other button').click()
  await page.locator('[name=full_name]').fill('Ada Moreau')
  await page.locator('[name=email]').fill(email)
  await page.locator('[name=password]').fill(password)
  await page.locator('.account button[type=submit]').click()
  await page.locator('.seat').first().waitFor()
}

export async function ask(page: Page, question: string): Promise<void> {
  await page.locator('#question').fill(question)
  await page.locator('.ask button[type=submit]').click()
  await page.locator('.deliberation').waitFor()
}

export const questions = {
  closed: 'How many times a day do the hands of a clock meet?',
  open: 'Should a team of six start as a monolith or as services?',
  fails: 'What is it that fails?',
  loses: 'How often do the hands of a clock meet when one model loses its way?',
  overrules: 'How many times a day do the hands of a clock meet, if a record overrules a head-count?',
  slow: 'How many times a day do the hands of a clock meet, slowly?',
}

/** Waits for it to be seen, and says so to an assertion. */
export async function seen(locator: Locator, o: { timeout?: number } = {}): Promise<boolean> {
  await locator.waitFor(o)
  return true
}

/** Goes to the page of the models, by the link. */
export async function openPanel(page: Page): Promise<void> {
  await page.locator('.navigation a').last().click()
  await page.locator('.model').first().waitFor()
}
