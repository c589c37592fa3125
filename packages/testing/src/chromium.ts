import { accessSync, constants } from 'node:fs'
import { findExecutable } from './private-server.ts'

/** The browser for the page's tests: `CHROMIUM_PATH`, else an installed Chromium or Chrome. Throws when there is none. */
export function chromiumPath(): string {
  const found = findChromium(process.env)
  if (!found) throw new Error('No Chromium was found: install it (Debian: chromium) or set CHROMIUM_PATH')
  return found
}

export function findChromium(env: NodeJS.ProcessEnv): string | undefined {
  const named = env['CHROMIUM_PATH']
  if (named) {
    accessSync(named, constants.X_OK)
    return named
  }
  const folders = [
    '/usr/bin',
    '/Applications/Chromium.app/Contents/MacOS',
    '/Applications/Google Chrome.app/Contents/MacOS',
  ]
  const names = ['chromium', 'google-chrome', 'google-chrome-stable', 'Chromium', 'Google Chrome']
  return names.map((name) => findExecutable(name, folders)).find((file) => file !== undefined)
}
