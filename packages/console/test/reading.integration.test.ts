import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { patiently } from '@concord/testing/patience'
import { ask, buildConsole, openPanel, questions, seen, signUp, type TestConsole } from './open-console.ts'

let site: TestConsole

beforeAll(async () => {
  site = await buildConsole()
})
afterEach(() => site.closePages())
afterAll(() => site.close())

describe('a keyboard is enough', () => {
  test('from the door to the answer, and the question deleted again', async () => {
    const { page } = await site.open()
    await tabTo(page, 'Skip to content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')

    await tabTo(page, 'Create an account')
    await page.keyboard.press('Enter')
    await page.locator('[name=full_name]').waitFor()
    await tabTo(page, 'full_name', 'Shift+Tab')
    await page.keyboard.type('Ada Moreau')
    await page.keyboard.press('Tab')
    await page.keyboard.type('ada@example.org')
    await page.keyboard.press('Tab')
    await page.keyboard.type('correct horse battery')
    await page.keyboard.press('Enter')
    await page.locator('.seat').first().waitFor()

    await tabTo(page, 'question')
    await page.keyboard.type(questions.closed)
    await tabTo(page, 'grok')
    await page.keyboard.press('Space')
    expect(await page.locator('.seat :checked').count()).toBe(3)
    await tabTo(page, 'How they deliberate')
    await page.keyboard.press('Enter')
    await tabTo(page, 'Ask the council')
    await page.keyboard.press('Enter')
    await page.locator('.result').waitFor()

    await tabTo(page, 'Delete')
    await page.keyboard.press('Enter')
    await page.locator('dialog[open]').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    expect(await focused(page)).toContain('Delete')
    await page.keyboard.press('Enter')
    await page.locator('dialog[open]').waitFor()
    await tabTo(page, 'Delete')
    await page.keyboard.press('Enter')
    await page.getByText('You have not asked anything yet.').waitFor()
  })

  test('Ctrl and Enter in the question asks, and the focus is always to be seen', async () => {
    const { page } = await site.open()
    await signUp(page)
    await page.locator('#question').focus()
    await page.keyboard.type(questions.closed)

    const outline = await page.evaluate(() => {
      const element = document.activeElement
      return element ? getComputedStyle(element).outlineWidth : ''
    })
    await page.keyboard.press('Control+Enter')

    expect(outline).toBe('3px')
    await page.locator('.deliberation').waitFor()
  })
})

describe('French', () => {
  test('is the language of the page where it is the browser’s, numbers and dates included', async () => {
    const { page } = await site.open({ locale: 'fr-FR' })
    expect(await page.locator('html').getAttribute('lang')).toBe('fr')
    await page.getByRole('heading', { name: 'D’abord, le désaccord.' }).waitFor()
    await signUp(page)

    await ask(page, questions.closed)
    await page.locator('.result').waitFor()

    expect(await page.locator('.measures').innerText()).toMatch(/Confiance\s: Haute\s+86\s%/)
    expect(await page.locator('.facts').innerText()).toMatch(/3\s412 lus, 1\s968 écrits/)
  })

  test('and English change places at a button, for good', async () => {
    const { page } = await site.open({ locale: 'de-DE' })
    await page.getByRole('heading', { name: 'Let them disagree first.' }).waitFor()

    await page.getByRole('button', { name: 'FR, Français' }).click()
    await page.reload()

    expect(await seen(page.getByRole('heading', { name: 'D’abord, le désaccord.' }))).toBe(true)
  })
})

describe('light and dark', () => {
  const paper = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor)

  test('follow the system, until somebody chooses', async () => {
    const { page } = await site.open({ colorScheme: 'dark' })
    const dark = await paper(page)

    await page.getByRole('button', { name: 'Use the light theme' }).click()
    const light = await paper(page)
    await page.reload()

    expect(dark).toBe('rgb(20, 17, 27)')
    expect(light).toBe('rgb(245, 244, 248)')
    expect(await paper(page)).toBe(light)
  })
})

test('nothing moves where motion is not wanted', async () => {
  const { page } = await site.open({ reducedMotion: 'reduce', speed: 2 })
  await signUp(page)

  await ask(page, questions.closed)
  const moving: number[] = []
  for (const sight of ['.streaming', '.lane [data-token]', '.synthesis', '.result']) {
    await page.locator(sight).first().waitFor()
    moving.push(await page.evaluate(() => document.getAnimations().length))
  }

  expect(moving).toEqual([0, 0, 0, 0])
})

test('a listener is told of what happens, not of each word', async () => {
  const { page } = await site.open({ speed: 2 })
  await signUp(page)
  await page.evaluate(() => {
    const heard: string[] = []
    Object.assign(globalThis, { heard })
    const status = document.querySelector('[role=status]')
    if (status)
      new MutationObserver(() => heard.push(status.textContent ?? '')).observe(status, {
        subtree: true,
        childList: true,
        characterData: true,
      })
  })

  await ask(page, questions.closed)
  await page.locator('.result').waitFor()
  await expect
    .poll(() => page.locator('[role=status]').innerText(), patiently)
    .toContain('The answer is ready: Consensus.')

  const heard = await page.evaluate<string[]>('globalThis.heard')
  expect(heard.join(' ')).toContain('gemini changed its mind.')
  expect(heard.length).toBeLessThan(20)
})

describe.each([
  {
    name: 'a phone in the dark, in French',
    options: { viewport: { width: 360, height: 740 }, colorScheme: 'dark', locale: 'fr-FR' },
  },
  { name: 'a desktop in the light', options: {} },
] as const)('on $name', ({ options }) => {
  test('every page fits its width and has no serious fault for anybody', async () => {
    const { page } = await site.open({ ...options, reducedMotion: 'reduce', speed: 2 })
    const found: string[] = []
    const look = async (name: string) => {
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      if (wider > 0) found.push(`${name}: ${wider}px too wide`)
      found.push(...(await faultsOf(page)).map((fault) => `${name}: ${fault}`))
    }

    await page.locator('.account').waitFor()
    await look('door')
    await signUp(page)
    await page.locator('.settings summary').click()
    await page.locator('.ask button[type=submit]').click()
    await page.locator('.complaint').waitFor()
    await look('ask')
    await ask(page, questions.slow)
    await page.locator('.streaming').first().waitFor()
    await look('opening')
    await page.locator('.result').waitFor(patiently)
    await look('closed answer')
    await page.locator('.feedback button').nth(1).click()
    await page.locator('.feedback textarea').fill('24')
    await page.locator('.feedback form button').click()
    await expect.poll(() => page.locator('.recorded').innerText(), patiently).toContain('24')
    await look('feedback')
    await page.locator('.brand').click()
    await ask(page, `${questions.open} ${'Antidisestablishmentarianism'.repeat(12)}`)
    await page.locator('.result').waitFor()
    await page.locator('#claim-c1 summary').click()
    await look('open answer')
    await page.locator('.brand').click()
    await ask(page, questions.fails)
    await page.locator('.notice-problem').waitFor()
    await look('failure')
    await openPanel(page)
    await page.locator('.calibration summary').first().click()
    await look('models')
    await page.locator('.navigation a').nth(1).click()
    await page.locator('.question-row').first().waitFor()
    await look('history')
    await page.locator('.question-row button').first().click()
    await look('dialog')

    expect(found).toEqual([])
  })
})

async function faultsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${String(target)}`))
}

const pressesMax = 60

/** Presses the key until what has the focus is called so, by its text, label, name or id. */
async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  for (let presses = 0; presses < pressesMax; presses += 1) {
    await page.keyboard.press(key)
    if ((await focused(page)).includes(name)) return
  }
  throw new Error(`${name} cannot be reached by ${key}`)
}

function focused(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement)) return []
    const label =
      element instanceof HTMLInputElement ? (element.labels?.[0]?.querySelector('.seat-name')?.textContent ?? '') : ''
    return [
      element.innerText,
      element.getAttribute('aria-label') ?? '',
      element.getAttribute('name') ?? '',
      element.id,
      label,
    ].map((each) => each.trim())
  })
}
