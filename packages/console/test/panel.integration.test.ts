import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { ask, buildConsole, openPanel, questions, seen, signUp, type TestConsole } from './open-console.ts'

let site: TestConsole

beforeAll(async () => {
  site = await buildConsole()
})
afterEach(() => site.closePages())
afterAll(() => site.close())

const phone = { viewport: { width: 390, height: 844 } }
const modelOf = (page: Page, name: string): Locator => page.getByRole('article', { name, exact: true })

describe.each([
  { width: 'a desktop', options: {} },
  { width: 'a phone', options: phone },
])('on $width', ({ options }) => {
  test('a measured model shows how often it was right, how sure that is, and where', async () => {
    const { page, faults } = await site.open(options)
    await signUp(page)
    await openPanel(page)

    const text = await modelOf(page, 'gpt5').innerText()

    expect(text).toContain('91% right')
    expect(text).toMatch(/88%\s?–\s?93% with 90% certainty · 412 graded answers/)
    expect(text).toContain('1.8s (p50), 4.2s (p95)')
    expect(text).toContain('US$1.25 read, US$10.00 written')
    expect(await rowsOf(modelOf(page, 'gpt5').locator('.record-domains'))).toEqual([
      ['Mathematics', expect.stringMatching(/^94% \(90%\s?–\s?97%\)$/), '160'],
      ['General knowledge', expect.stringContaining('90%'), '131'],
      ['Science', expect.stringContaining('89%'), '97'],
      ['Law', expect.stringContaining('76%'), '24 of 30'],
    ])
    expect(faults).toEqual([])
  })
})

test('a model below thirty graded answers is not measured yet, and says how many are missing', async () => {
  const { page } = await site.open()
  await signUp(page)
  await openPanel(page)

  for (const [name, graded] of [
    ['grok', 12],
    ['mistral', 0],
  ] as const) {
    const model = modelOf(page, name)
    expect(await model.innerText()).toContain('Not measured yet: the council counts heads until 30 answers are graded.')
    expect(await model.getByRole('meter', { name: 'Graded so far' }).getAttribute('aria-valuetext')).toBe(
      `${graded} of 30`,
    )
    expect(await model.locator('svg, table').count()).toBe(0)
  }
})

test('each state is said in words', async () => {
  const { page } = await site.open()
  await signUp(page)
  await openPanel(page)

  expect(await page.locator('.model-state').allInnerTexts()).toEqual([
    'emulated',
    'emulated',
    'emulated',
    'emulated',
    'down',
    'not set up',
  ])
  expect(await modelOf(page, 'mistral').innerText()).toContain('Not known yet')
})

describe('the calibration curve', () => {
  test('says in words whether a model is surer than it should be', async () => {
    const { page } = await site.open()
    await signUp(page)
    await openPanel(page)

    expect(await modelOf(page, 'gpt5').innerText()).toContain('About as sure as it should be.')
    expect(await modelOf(page, 'claude').innerText()).toContain('Surer than it should be, by 7 percentage points.')
    expect(await modelOf(page, 'gemini').locator('.calibration').count()).toBe(0)
  })

  test('has a point for each bin, larger where more was said, under the diagonal where a model says more than it keeps', async () => {
    const { page } = await site.open()
    await signUp(page)
    await openPanel(page)

    const circles = await modelOf(page, 'claude')
      .locator('circle')
      .evaluateAll((all) => all.map((each) => ['cx', 'cy', 'r'].map((name) => Number(each.getAttribute(name)))))

    expect(circles).toHaveLength(3)
    const radii = circles.map(([, , r]) => r ?? 0)
    expect(radii).toEqual(radii.toSorted((a, b) => a - b))
    // On the diagonal a point is as far from the left edge as from the bottom one.
    for (const [cx = 0, cy = 0] of circles) expect(cx - 56).toBeGreaterThan(168 - cy)
  })

  test('can be heard, and read as a table, by the keyboard alone', async () => {
    const { page } = await site.open()
    await signUp(page)
    await openPanel(page)
    const claude = modelOf(page, 'claude')

    const picture = claude.getByRole('img', { name: 'How sure claude says it is, and how often it is right' })
    const text = await picture.evaluate(
      (svg) => document.getElementById(svg.getAttribute('aria-describedby') ?? '')?.textContent,
    )
    await claude.locator('summary').focus()
    await page.keyboard.press('Enter')

    expect(text).toContain('When it says 85%, it is right 71% of the time (graded: 31).')
    expect(await rowsOf(claude.locator('details table'))).toEqual([
      ['72%', '50%', '8'],
      ['85%', '71%', '31'],
      ['98%', '93%', '166'],
    ])
  })
})

test('the page is reached from the result, and from every page by its link', async () => {
  const { page } = await site.open()
  await signUp(page)
  await ask(page, questions.overrules)
  await page.locator('.result').waitFor()

  expect(await page.locator('.measures').innerText()).toContain('the weight of their record, not their number, decided')
  await page.getByRole('link', { name: 'See the models’ records' }).click()

  await page.getByRole('heading', { name: 'The models and their record' }).waitFor()
  expect(await page.locator('.navigation [aria-current=page]').innerText()).toBe('Models')
  expect(await page.title()).toBe('Models · Concord')
})

test('nothing that is there moves when the models arrive', async () => {
  const { page, api } = await site.open(phone)
  await signUp(page)
  let release = () => {}
  api.faults.panelHeld = new Promise((resolve) => {
    release = resolve
  })
  await page.goto(`${api.url}/#/panel`)
  await page.reload()
  await page.getByRole('heading', { name: 'The models and their record' }).waitFor()
  await page.evaluate(() => {
    const moved: string[] = []
    Object.assign(globalThis, { moved })
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) moved.push(JSON.stringify(entry))
    }).observe({ type: 'layout-shift' })
  })

  release()
  await page.locator('.model').last().waitFor()
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))')

  expect(await page.evaluate<string[]>('globalThis.moved')).toEqual([])
})

test('a panel that cannot be read is said, and can be tried again', async () => {
  const { page, api } = await site.open()
  await signUp(page)
  await page.goto(`${api.url}/#/panel`)
  await page.locator('.model').first().waitFor()
  await page.evaluate("location.hash = '#/history'")
  await page.locator('.history-page').waitFor()
  api.faults.unavailable = true
  await page.locator('.navigation a').last().click()
  await page.getByText('Concord is not available right now').waitFor()
  // What was known before stays to be read.
  expect(await page.locator('.model').count()).toBe(6)

  api.faults.unavailable = false
  await page.getByRole('button', { name: 'Try again' }).click()

  await page.locator('.notice-problem').waitFor({ state: 'detached' })
  expect(await seen(page.locator('.model').first())).toBe(true)
})

function rowsOf(table: Locator): Promise<string[][]> {
  return table
    .locator('tbody tr')
    .evaluateAll((rows) =>
      rows.map((row) => [...row.children].map((cell) => (cell instanceof HTMLElement ? cell.innerText.trim() : ''))),
    )
}
