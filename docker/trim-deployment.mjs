import { readFileSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'

/**
 * Removes from a deployed folder what a running service never reads: types, source maps, texts, sources, tests, the lockfile, and the
 * embedded database, which only the one-process mesh starts.
 *   node trim-deployment.mjs FOLDER
 */
const root = path.resolve(process.argv[2] ?? '.')
const embedsDatabase = path.basename(root) === 'mesh'

const unreadFiles = /\.(d\.[cm]?ts|[cm]?ts|tsx|map|md|markdown|flow|tsbuildinfo)$/i
const unreadFolders = new Set([
  'test',
  'tests',
  '__tests__',
  'docs',
  'doc',
  'example',
  'examples',
  'benchmark',
  'benchmarks',
  '.github',
])

trim(root, false)
rmSync(path.join(root, 'pnpm-lock.yaml'), { force: true })

function trim(folder, inPackage) {
  const entries = readdirSync(folder, { withFileTypes: true })
  const isPackage = entries.some(({ name }) => name === 'package.json') && inPackage
  for (const entry of entries) {
    const { name } = entry
    const whole = path.join(folder, name)
    if (entry.isSymbolicLink()) continue
    const unread = entry.isDirectory() ? isUnreadFolder(folder, name, isPackage) : unreadFiles.test(name)
    if (unread) rmSync(whole, { recursive: true })
    else if (entry.isDirectory()) trim(whole, inPackage || name === 'node_modules')
  }
}

function isUnreadFolder(folder, name, isPackage) {
  if (folder === root) return name === 'src' || name === 'test'
  if (folder === path.join(root, 'node_modules', '.pnpm')) {
    return name.startsWith('@types+') || (name.startsWith('@electric-sql+') && !embedsDatabase)
  }
  return isPackage && (unreadFolders.has(name) || (name === 'src' && !runsFromSource(folder)))
}

/** Whether an entry of the package lies in its folder `src`. */
function runsFromSource(folder) {
  const { name, main, module, exports, bin, imports } = JSON.parse(
    readFileSync(path.join(folder, 'package.json'), 'utf8'),
  )
  if (name?.startsWith('@concord/')) return false
  return JSON.stringify({ main, module, exports, bin, imports }).includes('src/')
}
