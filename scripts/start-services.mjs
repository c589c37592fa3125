import { ensureConsoleBuilt } from './console.mjs'
import { runHeld } from './held.mjs'
import { ensureInstalled } from './install.mjs'
import { main } from './runtime.mjs'

await main(async () => {
  await ensureInstalled()
  ensureConsoleBuilt()
  return runHeld('scripts/services/main.ts', process.argv.slice(2))
})
