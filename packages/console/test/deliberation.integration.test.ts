import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { patiently } from '@concord/testing/patience'
import { ask, buildConsole, questions, seen, signUp, type TestConsole } from './open-console.ts'

let site: TestConsole

beforeAll(async () => {
  site = await buildConsole()
})
afterEach(() => site.closePages())
afterAll(() => site.close())

describe('a question from the first word to the last figure', () => {
  test('somebody signs up, asks, watches minds change, and reads the answer', async () => {
    const { page, faults } = await site.open({ speed: 2 })
    await signUp(page)
    await expectText(page.locator('.ask-actions'), '10 of 10 questions left today')

    await ask(page, questions.closed)

    await page.locator('.streaming').first().waitFor()
    await page.locator('.lane:has-text("24") [data-token=gemini]').waitFor()
    await page.locator('.lane:has-text("22") [data-token=gemini]').waitFor()
    await page.locator('.synthesis').waitFor()
    await page.locator('.result').waitFor()
    expect(await page.locator('.answer').innerText()).toBe('22')
    await expectText(page.locator('.measures'), 'Confidence: High')
    await expectText(page.locator('.changes'), 'The minute hand passes the hour hand once every hour')
    await expectText(page.locator('.minority'), 'grok')
    await expectText(page.locator('.facts'), '3,412 read, 1,968 written')
    await expectText(page.locator('.notice-sandbox'), 'Answers come from emulated models.')
    expect(faults).toEqual([])
  })

  test('an open question shows each claim with its verdict, its votes and their reasons', async () => {
    const { page, faults } = await site.open()
    await signUp(page)

    await ask(page, questions.open)
    await page.locator('.result').waitFor()

    expect(await page.locator('.verdict').allInnerTexts()).toEqual(['Accepted', 'Accepted', 'Accepted', 'Rejected'])
    await page.locator('#claim-c3 summary').click()
    await expectText(page.locator('#claim-c3 dl'), 'gemini agrees, changed in debate 1')
    await page.locator('.round-switch button', { hasText: 'Opening' }).click()
    expect(await page.locator('#claim-c3 .verdict').innerText()).toBe('Contested')
    await page.locator('.claim-references button', { hasText: 'c3' }).click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('claim-c3')
    expect(faults).toEqual([])
  })

  test('a lost model is named with its reason, and the answer says that the council was reduced', async () => {
    const { page } = await site.open()
    await signUp(page)

    await ask(page, questions.loses)
    await page.locator('.result').waitFor()

    await expectText(page.locator('.notice-degraded'), 'grok was lost.')
    await expectText(page.locator('.notice-degraded'), 'It did not answer in time.')
    expect(await page.locator('.turn-failed').innerText()).toContain('Lost')
  })

  test('below the quorum the page says why, and offers to ask again', async () => {
    const { page } = await site.open()
    await signUp(page)

    await ask(page, questions.fails)
    await page.locator('.notice-problem').waitFor()

    await expectText(page.locator('.notice-problem'), 'Only 1 of 4 models answered; two are needed.')
    await expectText(page.locator('.notice-problem'), 'not counted')
    await page.getByRole('button', { name: 'Ask again' }).click()
    expect(await page.locator('#question').inputValue()).toBe(questions.fails)
  })

  test('a running one can be stopped', async () => {
    const { page } = await site.open()
    await signUp(page)

    await ask(page, questions.slow)
    await page.locator('.streaming').first().waitFor()
    await page.getByRole('button', { name: 'Stop' }).click()

    expect(await seen(page.getByRole('heading', { name: 'You stopped this one' }))).toBe(true)
  })

  test('the results can be taken away as JSON', async () => {
    const { page } = await site.open()
    await signUp(page)
    await ask(page, questions.closed)
    await page.locator('.result').waitFor()

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download as JSON' }).click(),
    ])

    const saved: unknown = JSON.parse(await readFile(await download.path(), 'utf8'))
    expect(saved).toMatchObject({ status: 'completed', consensus: { answer: '22' } })
  })
})

describe('live events', () => {
  test('a page whose sockets are cut and whose events get lost shows everything in the end', async () => {
    const { page, api, faults } = await site.open({ speed: 2 })
    await signUp(page)
    api.faults.dropSocketsAfter.push(9, 14, 20)
    api.faults.swallow.add(21)

    await ask(page, questions.closed)
    await page.locator('.result').waitFor()

    const tickets = api.requests.filter((request) => request === 'POST /api/v1/ws-tickets').length
    expect(tickets).toBeGreaterThanOrEqual(4)
    expect(await page.locator('.turn-answered').count()).toBe(8)
    expect(await page.locator('.step-figure').allInnerTexts()).toEqual(['52% agreement', '86% agreement'])
    expect(faults).toEqual([])
  })

  test('a socket that ends with its token is opened anew with a fresh ticket, from where it stood', async () => {
    const { page, api, faults } = await site.open({ speed: 2 })
    await signUp(page)
    api.faults.closeSocketsAfter.push(
      { frames: 12, code: 4_401, before: () => api.accounts.endAccessTokens() },
      { frames: 12, code: 1_001 },
    )

    await ask(page, questions.closed)
    await page.locator('.result').waitFor()

    const afters = api.sockets.map(({ after }) => after)
    expect(new Set(api.sockets.map(({ ticket }) => ticket)).size).toBe(3)
    expect(afters).toEqual(afters.toSorted((a, b) => a - b))
    expect([afters.length, afters[0], afters.at(-1)]).toEqual([3, 0, expect.any(Number)])
    expect(afters[1]).toBeGreaterThan(0)
    expect(api.requests.filter((each) => each === 'POST /api/v1/auth/refresh')).toHaveLength(1)
    expect(api.requests.filter((each) => each.endsWith('/events'))).toEqual([])
    expect(await page.locator('.turn-answered').count()).toBe(8)
    expect(faults).toEqual([])
  })

  test('without sockets the event stream carries them', async () => {
    const { page, api } = await site.open()
    await signUp(page)
    api.faults.refuseSockets = true

    await ask(page, questions.slow)
    await page.locator('.streaming').first().waitFor()
    await page.locator('.result').waitFor()

    expect(await page.locator('.turn-answered').count()).toBe(8)
  })

  test('without sockets and streams the page polls, and says so', async () => {
    const { page, api } = await site.open()
    await signUp(page)
    api.faults.refuseSockets = true
    api.faults.refuseStreams = true

    await ask(page, questions.slow)

    await page.locator('.link-polling').waitFor()
    expect(await seen(page.locator('.result'), patiently)).toBe(true)
  })

  test('an old question opens with its rounds', async () => {
    const { page } = await site.open()
    await signUp(page)
    await ask(page, questions.closed)
    await page.locator('.result').waitFor()

    await page.reload()
    await page.locator('.result').waitFor()

    await page.locator('.round-switch button', { hasText: 'Opening' }).click()
    expect(await seen(page.locator('.lane:has-text("24") [data-token=gemini]'))).toBe(true)
  })
})

describe('what others wrote', () => {
  const hostile = 'Is <img src=x onerror="alert(1)"> <script>alert(2)</script> [a](javascript:alert(3)) **bold** text?'

  test('stays text, from the question to every model', async () => {
    const { page, faults } = await site.open()
    await signUp(page)

    await ask(page, hostile)
    await page.locator('.result').waitFor()

    expect(await page.locator('h1').innerText()).toBe(hostile)
    await expectText(page.locator('.turn').first(), '<script>alert(2)</script>')
    // The one link is the page's own, to the models.
    const theirs = '.deliberation img, .deliberation script, .deliberation a:not([href="#/panel"])'
    expect(await page.locator(theirs).count()).toBe(0)
    await page.getByRole('link', { name: 'History' }).click()
    await expectText(page.locator('.question-row').first(), '<img src=x onerror="alert(1)">')
    expect(faults).toEqual([])
  })
})

test('the page is small', async () => {
  const assets = join(site.dist, 'assets')
  const scripts = (await readdir(assets)).filter((file) => file.endsWith('.js'))
  const sizes = await Promise.all(scripts.map(async (file) => gzipSync(await readFile(join(assets, file))).length))

  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(60_000)
})

async function expectText(locator: { innerText(): Promise<string> }, expected: string): Promise<void> {
  await expect.poll(() => locator.innerText(), patiently).toContain(expected)
}
