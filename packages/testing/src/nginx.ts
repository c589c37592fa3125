import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { promisify } from 'node:util'
import { findExecutable } from './private-server.ts'

/** The NGINX for the edge's tests: `NGINX_PATH`, else an installed one. Throws when there is none. */
export function nginxPath(): string {
  const found = findNginx(process.env)
  if (!found) throw new Error('No NGINX was found: install it (Debian: nginx) or set NGINX_PATH')
  return found
}

export function findNginx(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['NGINX_PATH']
  if (named) {
    accessSync(named, constants.X_OK)
    return named
  }
  return findExecutable('nginx', ['/usr/sbin', '/usr/local/sbin', '/usr/local/bin', '/opt/homebrew/bin'])
}

/** For example `1.22.1`. */
export async function nginxVersion(file: string): Promise<string> {
  const { stderr } = await promisify(execFile)(file, ['-v'])
  return /nginx\/([\d.]+)/.exec(stderr)?.[1] ?? 'of unknown version'
}
