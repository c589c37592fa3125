import { existsSync } from 'node:fs'
import { ensureInstalled } from './install.mjs'
import { main, runNode, sourceOptions, toolPath } from './runtime.mjs'

const steps = [
  { name: 'types', args: [toolPath('tsc'), '--noEmit', '-p', 'tsconfig.json'] },
  {
    name: 'types of the console',
    args: [toolPath('tsc'), '--noEmit', '-p', 'packages/console/tsconfig.json'],
    needs: 'packages/console/tsconfig.json',
  },
  { name: 'lint', args: [toolPath('oxlint')] },
  { name: 'format', args: [toolPath('oxfmt'), '--check'] },
  { name: 'unused code', args: [toolPath('knip'), '--no-config-hints'] },
  { name: 'generated files', args: [...sourceOptions, 'scripts/generate.ts', '--check'] },
  {
    name: 'contract snapshots',
    args: [
      toolPath('vitest'),
      'run',
      '--project=unit',
      '--reporter=dot',
      'packages/contracts/src/events.snapshot.test.ts',
    ],
  },
  { name: 'migrations', args: [...sourceOptions, 'scripts/check-migrations.ts'] },
]

/** Runs every step, also after one failed, so that one run shows all that is to be mended. */
await main(async () => {
  await ensureInstalled()
  const failed = []
  for (const { name, args, needs } of steps) {
    if (needs && !existsSync(needs)) continue
    const began = performance.now()
    const status = await runNode(args)
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    process.stdout.write(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)\n`)
    if (status !== 0) failed.push(name)
    if (status > 128) return status
  }
  if (failed.length > 0) process.stdout.write(`The check failed: ${failed.join(', ')}.\n`)
  return failed.length > 0 ? 1 : 0
})
