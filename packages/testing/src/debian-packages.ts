import { execFile } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Say } from './servers.ts'

const run = promisify(execFile)
const policyFile = '/usr/sbin/policy-rc.d'

/** Whether packages can be installed here: root on Debian or one of its descendants. */
export function canInstallDebianPackages(): boolean {
  return process.getuid?.() === 0 && existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get')
}

/** Installs Debian packages without letting them start their services. */
export async function installDebianPackages(packages: readonly string[], say: Say): Promise<void> {
  say(`Installing ${packages.join(', ')} with apt-get (a few minutes) …`)
  // Debian's own switch: package scripts ask this file before they start a service, and 101 means no.
  const ownPolicy = !existsSync(policyFile)
  if (ownPolicy) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const options = { env, maxBuffer: 64 * 1024 * 1024, timeout: 15 * 60_000 }
    await run('apt-get', ['update', '-q'], options)
    await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], options)
  } catch (cause) {
    const lines = cause instanceof Error ? cause.message.trim().split('\n').slice(-3).join('\n') : String(cause)
    say(`apt-get could not install them: ${lines}`)
  } finally {
    if (ownPolicy) rmSync(policyFile, { force: true })
  }
}
