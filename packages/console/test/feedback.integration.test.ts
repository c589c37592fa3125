import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { patiently } from '@concord/testing/patience'
import { ask, buildConsole, questions, seen, signUp, type TestConsole } from './open-console.ts'

let site: TestConsole

beforeAll(async () => {
  site = await buildConsole()
})
afterEach(() => site.closePages())
afterAll(() => site.close())

const said = (page: Page) => ({
  yes: page.getByRole('group', { name: 'Was this right?' }).getByRole('button', { name: 'Yes' }),
  no: page.getByRole('group', { name: 'Was this right?' }).getByRole('button', { name: 'No' }),
  pressed: () => page.locator('.feedback [aria-pressed=true]').allInnerTexts(),
  recorded: () => page.locator('.recorded').innerText(),
})

async function answered(o: Parameters<TestConsole['open']>[0] = {}) {
  const opened = await site.open(o)
  await signUp(opened.page)
  await ask(opened.page, questions.closed)
  await opened.page.locator('.result').waitFor()
  return opened
}

describe.each([
  { width: 'a desktop', options: {} },
  { width: 'a phone', options: { viewport: { width: 390, height: 844 } } },
])('on $width', ({ options }) => {
  test('an answer is called right, then wrong, then it is said what was right: the last counts', async () => {
    const { page, api, faults } = await answered(options)
    const { yes, no, pressed, recorded } = said(page)
    expect(await pressed()).toEqual([])

    await yes.click()
    await expect.poll(recorded, patiently).toContain('Recorded: you said it was right.')
    expect(await pressed()).toEqual(['Yes'])
    expect(await page.locator('.feedback textarea').count()).toBe(0)

    await no.click()
    await expect.poll(recorded, patiently).toContain('Recorded: you said it was wrong.')
    expect(await pressed()).toEqual(['No'])
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)

    await page.getByLabel('What would have been right?').fill('  24 ')
    await page.getByRole('button', { name: 'Save' }).click()
    await expect.poll(recorded, patiently).toContain('Right, you said, is “24”.')
    expect(await recorded()).toContain('Graded right: gemini and grok. Graded wrong: gpt5 and claude.')

    expect(api.feedback).toEqual([{ correct: true }, { correct: false }, { correct: false, expected_answer: '24' }])
    expect(faults).toEqual([])
  })
})

test('what was said is there when the page is come back to, and can be taken back', async () => {
  const { page, api } = await answered()
  await said(page).no.click()
  await expect.poll(said(page).pressed, patiently).toEqual(['No'])
  await page.getByLabel('What would have been right?').fill('24')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.poll(said(page).recorded, patiently).toContain('“24”')

  await page.getByRole('link', { name: 'History' }).click()
  await page.locator('.question-row-link').first().click()
  await page.locator('.recorded').waitFor()

  expect(await said(page).pressed()).toEqual(['No'])
  expect(await page.getByLabel('What would have been right?').inputValue()).toBe('24')
  await page.getByLabel('What would have been right?').fill('')
  await page.getByRole('button', { name: 'Save' }).click()
  await expect.poll(said(page).recorded, patiently).not.toContain('“24”')
  expect(api.feedback.at(-1)).toEqual({ correct: false })
})

test('what was said is there when the page is loaded anew', async () => {
  const { page } = await answered()
  await said(page).no.click()
  await expect.poll(said(page).pressed, patiently).toEqual(['No'])

  await page.reload()

  await expect.poll(said(page).pressed, patiently).toEqual(['No'])
  expect(await said(page).recorded()).toContain('Recorded: you said it was wrong.')
})

test('what could not be recorded is said, and nothing is shown as recorded', async () => {
  const { page, api } = await answered()
  api.faults.refuseFeedback = true

  await said(page).yes.click()
  await page.locator('.feedback [role=alert]').waitFor()

  expect(await page.locator('.feedback [role=alert]').innerText()).toContain('The records cannot be reached.')
  expect(await said(page).pressed()).toEqual([])
  api.faults.refuseFeedback = false
  await said(page).yes.click()
  await expect.poll(said(page).pressed, patiently).toEqual(['Yes'])
  expect(await page.locator('.feedback [role=alert]').count()).toBe(0)
})

test('the keyboard keeps its place, and a listener hears what was recorded', async () => {
  const { page } = await answered()
  await said(page).no.focus()

  await page.keyboard.press('Enter')
  await expect.poll(said(page).pressed, patiently).toEqual(['No'])

  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('No')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA')
  await expect.poll(() => page.locator('[role=status]').innerText(), patiently).toContain('you said it was wrong')
})

describe('nothing is asked', () => {
  test('while the council deliberates, and when it was stopped', async () => {
    const { page } = await site.open()
    await signUp(page)
    await ask(page, questions.slow)
    await page.locator('.streaming').first().waitFor()
    expect(await page.locator('.feedback').count()).toBe(0)

    await page.getByRole('button', { name: 'Stop' }).click()

    expect(await seen(page.getByRole('heading', { name: 'You stopped this one' }))).toBe(true)
    expect(await page.locator('.feedback').count()).toBe(0)
  })

  test('when the council could not answer', async () => {
    const { page } = await site.open()
    await signUp(page)

    await ask(page, questions.fails)
    await page.locator('.notice-problem').waitFor()

    expect(await page.locator('.feedback').count()).toBe(0)
  })
})
