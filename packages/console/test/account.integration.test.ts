import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { patiently } from '@concord/testing/patience'
import { ask, buildConsole, questions, seen, signUp, type TestConsole } from './open-console.ts'

let site: TestConsole

beforeAll(async () => {
  site = await buildConsole()
})
afterEach(() => site.closePages())
afterAll(() => site.close())

const refreshes = (requests: readonly string[]) =>
  requests.filter((each) => each === 'POST /api/v1/auth/refresh').length

describe('the session', () => {
  test('is taken up again by the cookie when the page is loaded anew', async () => {
    const { page } = await site.open()
    await signUp(page)

    await page.reload()

    expect(await seen(page.locator('.seat').first())).toBe(true)
  })

  test('leaves no token where a script or a later visitor finds it', async () => {
    const { page } = await site.open()
    await signUp(page)

    const stored = await page.evaluate(
      () => JSON.stringify(localStorage) + JSON.stringify(sessionStorage) + document.cookie,
    )

    expect(stored).toMatch(/^\{"concord\.session":"usr_0+1"\}\{\}$/)
  })

  test('is renewed once when all requests are refused at the same time', async () => {
    const { page, api } = await site.open()
    await signUp(page)
    const before = refreshes(api.requests)
    api.accounts.endAccessTokens()

    await page.getByRole('link', { name: 'History' }).click()
    await page.getByRole('link', { name: 'Ask', exact: true }).click()
    await page.locator('#question').fill(questions.closed)
    await page.locator('.ask button[type=submit]').click()
    await page.locator('.deliberation').waitFor()

    expect(refreshes(api.requests) - before).toBe(1)
  })

  test('that has ended leads to the door, and keeps the question', async () => {
    const { page, api } = await site.open()
    await signUp(page)
    await page.locator('#question').fill('A question of some length')
    api.accounts.endSessions()

    await page.locator('.ask button[type=submit]').click()
    await page.getByText('Your session has ended.').waitFor()
    await page.locator('[name=email]').fill('ada@example.org')
    await page.locator('[name=password]').fill('correct horse battery')
    await page.locator('.account button[type=submit]').click()

    await page.locator('.seat').first().waitFor()
    expect(await page.locator('#question').inputValue()).toBe('A question of some length')
  })

  test('ends here and in other tabs when a person signs out', async () => {
    const { page, api } = await site.open()
    await signUp(page)
    const other = await page.context().newPage()
    await other.goto(api.url)
    await other.locator('.seat').first().waitFor()

    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()

    await page.locator('.account').waitFor()
    await other.locator('.account').waitFor()
    await page.reload()
    expect(await seen(page.locator('.account'))).toBe(true)
  })
})

describe('what goes wrong is said', () => {
  test('a wrong password', async () => {
    const { page } = await site.open()
    await page.locator('[name=email]').fill('nobody@example.org')
    await page.locator('[name=password]').fill('not the password')

    await page.locator('.account button[type=submit]').click()

    expect(await seen(page.getByText('The e-mail or the password is wrong.'))).toBe(true)
  })

  test('an eleventh question, with the time until the next', async () => {
    const { page, api } = await site.open()
    await signUp(page)
    for (let asked = 0; asked < 10; asked += 1) {
      await ask(page, questions.closed)
      await page.locator('.brand').click()
      await page.locator('.seat').first().waitFor()
    }

    await page.locator('#question').fill('One more?')
    await page.locator('.ask button[type=submit]').click()

    await page.getByText('The 10 questions of today are used up.').waitFor()
    await page.getByText(/Try again in 3h 12m, at \d/).waitFor()
    expect(api.queries.size).toBe(10)
  })

  test('no connection; and what is sent again afterwards is asked once', async () => {
    const { page, api } = await site.open()
    await signUp(page)
    await page.locator('#question').fill(questions.closed)
    await page.context().setOffline(true)
    await page.locator('.ask button[type=submit]').click()
    await page.getByText('Concord could not be reached.').waitFor()

    await page.context().setOffline(false)
    await page.locator('.ask button[type=submit]').click()

    await page.locator('.result').waitFor()
    expect(api.queries.size).toBe(1)
  })

  test('a service that is away, with a way to try again', async () => {
    const { page, api } = await site.open()
    await signUp(page)
    api.faults.unavailable = true
    await page.reload()
    await page.getByText('Concord is not available right now').waitFor()

    api.faults.unavailable = false
    await page.getByRole('button', { name: 'Try again' }).click()

    expect(await seen(page.locator('.seat').first())).toBe(true)
  })

  test('a question that is not there', async () => {
    const { page, api } = await site.open()
    await signUp(page)

    await page.goto(`${api.url}/#/queries/qry_${'f'.repeat(32)}`)

    expect(await seen(page.getByRole('heading', { name: 'Nothing is here' }))).toBe(true)
  })
})

describe('the history', () => {
  test('is read page by page, opens an old question, and forgets one on demand', async () => {
    const { page, api } = await site.open({ speed: 20 })
    await signUp(page)
    for (let asked = 1; asked <= 7; asked += 1) {
      await ask(page, `${questions.closed} (${asked})`)
      await page.locator('.result').waitFor()
      await page.getByRole('link', { name: 'Ask', exact: true }).click()
      await page.locator('.seat').first().waitFor()
    }

    await page.getByRole('link', { name: 'History' }).click()
    await expect.poll(() => page.locator('.question-row').count(), patiently).toBe(5)
    await page.getByRole('button', { name: 'Load more' }).click()
    await expect.poll(() => page.locator('.question-row').count(), patiently).toBe(7)

    await page.getByRole('button', { name: /Delete: .*\(7\)/ }).click()
    await page.getByRole('button', { name: 'Keep it' }).click()
    expect(api.queries.size).toBe(7)
    await page.getByRole('button', { name: /Delete: .*\(7\)/ }).click()
    await page.locator('dialog').getByRole('button', { name: 'Delete' }).click()
    await expect.poll(() => page.locator('.question-row').count(), patiently).toBe(6)
    expect(api.queries.size).toBe(6)

    await page.getByRole('link', { name: /\(1\)/ }).click()
    await page.locator('.result').waitFor()
    await expect.poll(() => page.locator('.turn-answered').count(), patiently).toBe(8)
  })
})
