import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { PlainError, cacheFolder, nodePath, root } from './runtime.mjs'

const folder = path.join(root, 'packages', 'console')
const marker = path.join(cacheFolder, 'console-build')

/** Builds the page when its sources are not those of the last build. */
export function ensureConsoleBuilt() {
  const wanted = fingerprint()
  if (
    existsSync(path.join(folder, 'dist', 'index.html')) &&
    existsSync(marker) &&
    readFileSync(marker, 'utf8') === wanted
  )
    return
  process.stdout.write('Building the console …\n')
  const vite = path.join(folder, 'node_modules', 'vite', 'bin', 'vite.js')
  const result = spawnSync(nodePath(), [vite, 'build', '--logLevel', 'warn'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  if (result.status !== 0)
    throw new PlainError(`The console could not be built:\n${result.stdout}${result.stderr}`.trimEnd())
  mkdirSync(cacheFolder, { recursive: true })
  writeFileSync(marker, wanted)
}

function fingerprint() {
  const hash = createHash('sha256').update(readFileSync(path.join(root, 'pnpm-lock.yaml')))
  for (const file of [...filesOf(folder), ...filesOf(path.join(root, 'packages', 'contracts', 'src'))]) {
    hash.update(path.relative(root, file)).update(readFileSync(file))
  }
  return hash.digest('hex')
}

function filesOf(parent) {
  const left = ['node_modules', 'dist', 'test', '.turbo']
  const entries = readdirSync(parent, { withFileTypes: true }).filter((entry) => !left.includes(entry.name))
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesOf(path.join(parent, entry.name)) : path.join(parent, entry.name)))
}
