import { ensureConsoleBuilt } from './console.mjs'
import { ensureInstalled } from './install.mjs'
import { runMesh } from './held.mjs'
import { main } from './runtime.mjs'

// Until the mesh runs there is nothing to close in order.
const leave = () => process.exit(0)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, leave)

await main(async () => {
  await ensureInstalled()
  ensureConsoleBuilt()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, leave)
  return runMesh(['up', ...process.argv.slice(2)])
})
