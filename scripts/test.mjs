import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { ensureConsoleBuilt } from './console.mjs'
import { ensureInstalled } from './install.mjs'
import { cacheFolder, main, runNode, toolPath } from './runtime.mjs'

/** Full names of tests that may be skipped. A skipped test that is not here is a failure. */
const allowedSkips = []

await main(async () => {
  await ensureInstalled()
  if (!process.argv.includes('unit')) ensureConsoleBuilt()
  mkdirSync(cacheFolder, { recursive: true })
  const report = path.join(cacheFolder, `tests-${process.pid}.json`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  // Vitest colours its report also where nobody sees colours.
  const env = process.stdout.isTTY || process.env.FORCE_COLOR ? {} : { NO_COLOR: '1' }
  const status = await runNode([toolPath('vitest'), 'run', ...reporters, ...process.argv.slice(2)], { env })
  const { passed, failed, skipped, unexpected } = countTests(report, status)
  for (const name of unexpected) process.stdout.write(`Skipped without leave: ${name}\n`)
  process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`)
  return failed > 0 || unexpected.length > 0 ? 1 : 0
})

/** Counts what ran. A file that could not be loaded, and a run that failed outside its tests, count as one failure each. */
function countTests(report, status) {
  const files = readReport(report)
  const tests = files.flatMap((file) => file.assertionResults)
  const withStatus = (...wanted) => tests.filter((test) => wanted.includes(test.status))
  const skipped = withStatus('skipped', 'pending', 'todo', 'disabled')
  const failedFiles = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  const failed = withStatus('failed').length + failedFiles.length
  return {
    passed: withStatus('passed').length,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: skipped.length,
    unexpected: skipped.map((test) => test.fullName).filter((name) => !allowedSkips.includes(name)),
  }
}

/** There is no report when the run ended before its tests, for example because a server is missing. */
function readReport(report) {
  try {
    return JSON.parse(readFileSync(report, 'utf8')).testResults
  } catch {
    return []
  } finally {
    rmSync(report, { force: true })
  }
}
