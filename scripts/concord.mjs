#!/usr/bin/env node
import { ensureInstalled } from './install.mjs'
import { runMesh } from './held.mjs'
import { main } from './runtime.mjs'

await main(async () => {
  await ensureInstalled(process.stderr)
  return runMesh(process.argv.slice(2))
})
