import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
export const cacheFolder = path.join(root, 'node_modules', '.cache')

/** A failure that a person can act on: it is printed as one sentence, without a stack. */
export class PlainError extends Error {}

/** Node 24 as installed with the packages; the machine's own where it is new enough to run TypeScript. */
export function nodePath() {
  const pinned = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (existsSync(pinned)) return pinned
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath
  throw new PlainError(
    'Node 24 could not be installed with the packages, and this Node is too old: install Node 24 and run the command again.',
  )
}

/** The arguments before a TypeScript file of ours, which runs from source. */
export const sourceOptions = ['--conditions=@concord/source', '--disable-warning=ExperimentalWarning']

/** Runs Node 24 to its end and returns its exit status. Output goes through; signals reach the child by the terminal or by us. */
export function runNode(args, { env = {}, cwd = root } = {}) {
  const child = spawn(nodePath(), args, {
    cwd,
    stdio: 'inherit',
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(cacheFolder, 'node'), ...env },
  })
  return statusOf(child)
}

/** The exit status of a child; 128 + n when a signal ended it, as shells say it. Signals to us are passed on to it. */
export function statusOf(child) {
  const signals = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15, SIGKILL: 9 }
  const forward = (signal) => child.kill(signal)
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, forward)
      resolve(code ?? 128 + (signals[signal] ?? 0))
    })
  })
}

/** The script that a package of ours or of npm runs as `name`, for running it with Node 24 and not with the shell's. */
export function toolPath(name) {
  const scripts = {
    knip: 'knip/bin/knip.js',
    oxfmt: 'oxfmt/bin/oxfmt',
    oxlint: 'oxlint/bin/oxlint',
    tsc: 'typescript/bin/tsc',
    vitest: 'vitest/vitest.mjs',
  }
  return path.join(root, 'node_modules', ...scripts[name].split('/'))
}

/** Runs a script's main function and turns its result or its failure into the exit status. */
export async function main(run) {
  try {
    process.exitCode = await run()
  } catch (error) {
    if (!(error instanceof PlainError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
