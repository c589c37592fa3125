import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { openBrowser } from './open-browser.ts'

/**
 * Takes the README's picture from a running Concord: makes an account, asks, and shows the answer.
 * `node --conditions=@concord/source packages/console/test/screenshot.ts http://localhost:8080 ["a question"]`
 */
const [url = 'http://localhost:8080', question = 'How many times a day do the hands of a clock meet?'] =
  process.argv.slice(2)
const target = fileURLToPath(new URL('../../../docs/console.png', import.meta.url))
const size = { width: 1_280, height: 1_390 }
const bytesMax = 300_000
const answerWithinMs = 180_000

const browser = await openBrowser()
try {
  const page = await browser.newPage({ viewport: size, locale: 'en-GB', reducedMotion: 'reduce' })
  await page.goto(url)
  await page.locator('.account-other button').click()
  await page.locator('[name=full_name]').fill('Ada Moreau')
  await page.locator('[name=email]').fill(`ada.${Date.now()}@example.org`)
  await page.locator('[name=password]').fill('correct horse battery')
  await page.locator('.account button[type=submit]').click()
  await page.locator('.seat').first().waitFor()
  await page.locator('#question').fill(question)
  await page.locator('.ask button[type=submit]').click()
  await page.locator('.result').waitFor({ timeout: answerWithinMs })
  // The last detail of the record is read after the answer.
  await page.waitForLoadState('networkidle')
  const picture = await page.screenshot({ clip: { x: 0, y: 0, ...size } })
  if (picture.length > bytesMax) throw new Error(`the picture has ${picture.length} bytes, ${bytesMax} at most`)
  await writeFile(target, picture)
  process.stdout.write(`${target}: ${picture.length} bytes\n`)
} finally {
  await browser.close()
}
