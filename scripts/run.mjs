import { ensureInstalled } from './install.mjs'
import { PlainError, main, runNode, sourceOptions, toolPath } from './runtime.mjs'

/** `node scripts/run.mjs <tool or file.ts> …`: installs if needed, then runs it with Node 24. Standard output is the tool's alone. */
await main(async () => {
  const [what, ...args] = process.argv.slice(2)
  if (!what) throw new PlainError('Usage: node scripts/run.mjs <tool or file.ts> …')
  await ensureInstalled(process.stderr)
  return what.endsWith('.ts') ? runNode([...sourceOptions, what, ...args]) : runNode([toolPath(what), ...args])
})
