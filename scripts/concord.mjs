import { ensureInstalled } from './install.mjs'
import { runMesh } from './mesh.mjs'
import { main } from './runtime.mjs'

await main(async () => {
  await ensureInstalled()
  return runMesh(process.argv.slice(2))
})
