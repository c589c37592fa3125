import { execFile } from 'node:child_process'
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { findExecutable } from './private-server.ts'
import { root } from './node-process.ts'

const run = promisify(execFile)
const cache = path.join(root, 'node_modules', '.cache', 'monitoring-tools')
const folders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/bin', cache]
const packages = { promtool: 'prometheus', amtool: 'prometheus-alertmanager' }
type Tool = keyof typeof packages

/**
 * The checkers of Prometheus and Alertmanager: `PROMTOOL_PATH` and `AMTOOL_PATH`, else as installed, else taken out of
 * Debian's packages (30 MB, no installation: that would bring 375 MB of server). Throws when none of it can be had.
 */
export async function monitoringTools(): Promise<Record<Tool, string>> {
  return { promtool: await toolPath('promtool'), amtool: await toolPath('amtool') }
}

async function toolPath(tool: Tool): Promise<string> {
  const variable = `${tool.toUpperCase()}_PATH`
  const named = process.env[variable]
  if (named) {
    accessSync(named, constants.X_OK)
    return named
  }
  const found = findExecutable(tool, folders) ?? (await unpack(tool, cache).catch(() => undefined))
  if (!found) throw new Error(`No ${tool} was found: install it (Debian: ${packages[tool]}) or set ${variable}`)
  return found
}

/** One program out of its Debian package, into `folder`; rejects where there is no Debian or no network. */
async function unpack(tool: Tool, folder: string): Promise<string> {
  const work = mkdtempSync(path.join(tmpdir(), 'concord-tools-'))
  try {
    const download = () =>
      run('apt-get', ['download', '-q', '-o', 'APT::Sandbox::User=root', packages[tool]], { cwd: work })
    await download().catch(async () => {
      await run('apt-get', ['update', '-q'])
      await download()
    })
    const [archive = ''] = readdirSync(work).filter((file) => file.endsWith('.deb'))
    await run('dpkg-deb', ['--extract', archive, 'files'], { cwd: work })
    mkdirSync(folder, { recursive: true })
    const target = path.join(folder, tool)
    // Copied beside and renamed, because two test files may come here at once and the folders may be on different disks.
    const beside = `${target}.${process.pid}`
    await run('cp', [path.join(work, 'files', 'usr', 'bin', tool), beside])
    renameSync(beside, target)
    return target
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
