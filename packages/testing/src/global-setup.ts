import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'
import type { ServerUrls } from './servers.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    servers: ServerUrls
  }
}

/** Vitest's global setup: finds or starts the servers once a run, says which, and hands their URLs to every test. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const host = startHost()
  project.provide('servers', await urlsFrom(host))
  return async function teardown(): Promise<void> {
    if (host.exitCode !== null) return
    const exited = new Promise<void>((resolve) => host.once('exit', () => resolve()))
    host.disconnect()
    await exited
  }
}

/** In a session of its own: whatever ends the test run with its whole group must leave someone to clean up. */
function startHost(): ChildProcess {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return fork(fileURLToPath(new URL(`./servers-host.${extension}`, import.meta.url)), {
    execArgv: ['--conditions=@concord/source'],
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
}

function urlsFrom(host: ChildProcess): Promise<ServerUrls> {
  return new Promise((resolve, reject) => {
    host.on('message', (message: { line: string } | { urls: ServerUrls } | { failure: string }) => {
      if ('line' in message) process.stdout.write(`${message.line}\n`)
      else if ('urls' in message) resolve(message.urls)
      else {
        host.disconnect()
        reject(new Error(message.failure))
      }
    })
    host.once('exit', (code) => reject(new Error(`the process that holds the test servers ended with status ${code}`)))
  })
}
