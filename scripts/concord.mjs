import { ensureInstalled } from './install.mjs'
import { runMesh } from './held.mjs'
import { main } from './runtime.mjs'

await main(async () => {
  await ensureInstalled()
  return runMesh(process.argv.slice(2))
})
