import { spawn } from 'node:child_process'
import path from 'node:path'
import { ensureInstalled, pnpmCommand } from './install.mjs'
import { main, root, statusOf } from './runtime.mjs'

/** Builds every package in order. turbo calls pnpm by name, so it runs beneath the pnpm that npx puts on the PATH. */
await main(async () => {
  await ensureInstalled()
  const turbo = ['exec', 'turbo', 'run', 'build', '--ui=stream', ...process.argv.slice(2)]
  const env = {
    ...process.env,
    TURBO_TELEMETRY_DISABLED: '1',
    PATH: `${path.join(root, 'node_modules', 'node', 'bin')}${path.delimiter}${process.env.PATH}`,
  }
  return statusOf(
    spawn('npx', [...pnpmCommand(), ...turbo], {
      cwd: root,
      stdio: 'inherit',
      env,
      shell: process.platform === 'win32',
    }),
  )
})
