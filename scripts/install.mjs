import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { PlainError, root } from './runtime.mjs'

const marker = path.join(root, 'node_modules', '.concord-install')

/** Installs the packages of the lockfile when they are not those that are installed. Says what it does only then, where it is told to. */
export async function ensureInstalled(sayTo = process.stdout) {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new PlainError(`Concord needs Node 20 or newer, and this is Node ${process.versions.node}.`)
  }
  const wanted = fingerprint()
  if (existsSync(marker) && readFileSync(marker, 'utf8') === wanted) return
  await install((line) => sayTo.write(`${line}\n`))
  mkdirSync(path.dirname(marker), { recursive: true })
  writeFileSync(marker, wanted)
}

/**
 * `npx` arguments that run the very pnpm which the lockfile was written by; nothing is installed globally. Both say what goes wrong, which
 * `.npmrc` keeps npm itself from.
 */
export function pnpmCommand() {
  const { packageManager } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  return ['--yes', '--prefer-offline', '--loglevel=error', packageManager]
}

function fingerprint() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${pnpmCommand().at(-1)}`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(path.join(root, file)))
  return hash.digest('hex')
}

async function install(say) {
  say('Installing the packages (about a minute the first time) …')
  const args = [
    ...pnpmCommand(),
    'install',
    '--frozen-lockfile',
    '--prefer-offline',
    '--reporter=ndjson',
    '--config.confirmModulesPurge=false',
  ]
  const child = spawn('npx', args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
    env: { ...process.env, npm_config_fetch_retries: '1' },
  })
  const stopChild = () => child.kill('SIGTERM')
  process.once('exit', stopChild)

  const progress = { packages: 0, said: 0 }
  const complaints = []
  readLines(child.stdout, (line) => readReport(line, progress, complaints))
  readLines(child.stderr, (line) => complaints.push(line))
  const timer = setInterval(() => sayProgress(progress, say), 5_000)

  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).catch((cause) => {
    throw new PlainError(`npx, which comes with npm, could not be run: ${cause.message}`)
  })
  clearInterval(timer)
  process.off('exit', stopChild)
  if (code !== 0) throw new PlainError(explain(complaints.join('\n')))
  say(progress.packages > 0 ? `Installed ${progress.packages} packages.` : 'The packages are in place.')
}

function readLines(stream, onLine) {
  createInterface({ input: stream }).on('line', onLine)
}

/** pnpm reports one JSON object a line; of npx and of failures there can be plain text. */
function readReport(line, progress, complaints) {
  let report
  try {
    report = JSON.parse(line)
  } catch {
    complaints.push(line)
    return
  }
  if (report.name === 'pnpm:progress' && report.status === 'imported') progress.packages += 1
  if (report.level === 'error')
    complaints.push([report.err?.code, report.err?.message, report.message].filter(Boolean).join(' '))
}

function sayProgress(progress, say) {
  if (progress.packages === 0) say('  … downloading')
  else if (progress.packages !== progress.said) say(`  … ${progress.packages} packages in place`)
  progress.said = progress.packages
}

const unreachable =
  /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|SOCKET_TIMEOUT|META_FETCH_FAIL|ENOTCACHED|NO_OFFLINE/

function explain(complaints) {
  if (unreachable.test(complaints))
    return 'The packages could not be downloaded because the package registry cannot be reached: connect to the network and run the command again.'
  if (complaints.includes('ENOSPC')) return 'The packages could not be installed because the disk is full.'
  if (/EACCES|EROFS|EPERM/.test(complaints))
    return `The packages could not be installed because ${root} cannot be written.`
  const lines = complaints.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('npm warn'))
  return `The packages could not be installed: ${lines.slice(-3).join(' ') || 'pnpm gave no reason.'}`
}
