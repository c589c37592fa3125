import { ensureInstalled } from './install.mjs'
import { main, runNode, sourceOptions, toolPath } from './runtime.mjs'

await main(async () => {
  await ensureInstalled()
  const statuses = [
    await runNode([...sourceOptions, 'scripts/generate.ts']),
    await runNode([toolPath('oxlint'), '--fix']),
    await runNode([toolPath('oxfmt')]),
  ]
  return Math.max(...statuses)
})
