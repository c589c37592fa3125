import { randomBytes } from 'node:crypto'
import { chownSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import {
  createFolder,
  createHome,
  findExecutable,
  freePorts,
  runCommand,
  startProcess,
  untilReady,
} from './private-server.ts'
import { postgresVersion } from './probe.ts'
import type { Started } from './servers.ts'

/** A PostgreSQL cluster of this run alone, on a loopback port, with durability switched off for speed. */
export async function startPrivatePostgres(folder: string): Promise<Started> {
  const home = createHome('postgres')
  const data = createFolder(home, 'data')
  const password = randomBytes(12).toString('hex')
  const passwordFile = path.join(home.folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (home.account) chownSync(passwordFile, home.account.uid, home.account.gid)
  const initdb = [
    '-D',
    data,
    '-U',
    'concord',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '-E',
    'UTF8',
    '--locale=C',
    '--no-sync',
  ]
  runCommand(home, { command: path.join(folder, 'initdb'), args: initdb })

  const [port] = await freePorts(1)
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'fsync=off',
    'synchronous_commit=off',
    'full_page_writes=off',
    'max_connections=200',
    'shared_buffers=64MB',
    'autovacuum=off',
  ]
  const server = startProcess(home, {
    command: path.join(folder, 'postgres'),
    args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
  })
  const url = `postgres://concord:${password}@127.0.0.1:${port}/postgres`
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL')
    await server.exited
    home.remove()
  }
  try {
    await untilReady({ name: 'PostgreSQL', home, process: server, timeoutMs: 30_000 }, () => postgresVersion(url))
  } catch (error) {
    await stop()
    throw error
  }
  return { url, origin: `installed binaries, private, port ${port}`, stop }
}

/** The folder of the newest installed `postgres`. */
export function findPostgres(): string | undefined {
  const executable = findExecutable('initdb', [
    ...debianFolders(),
    '/opt/homebrew/bin',
    '/usr/local/bin',
    '/usr/pgsql/bin',
  ])
  return executable && path.dirname(executable)
}

function debianFolders(): string[] {
  try {
    const versions = readdirSync('/usr/lib/postgresql').toSorted((a, b) => Number(b) - Number(a))
    return versions.map((version) => `/usr/lib/postgresql/${version}/bin`)
  } catch {
    return []
  }
}
