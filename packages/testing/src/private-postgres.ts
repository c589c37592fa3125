import { randomBytes } from 'node:crypto'
import { chownSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { patienceMs } from './patience.ts'
import {
  createFolder,
  createHome,
  findExecutable,
  freePorts,
  runCommand,
  startProcess,
  untilReady,
} from './private-server.ts'
import type { Home, PrivateProcess, PrivateServer } from './private-server.ts'
import { postgresVersion } from './probe.ts'

type Options = {
  /** What was committed outlives a kill of the server (not of the machine); off for speed, where nobody kills it. */
  survivesKill?: boolean
}

/** A PostgreSQL cluster of this run alone, on a loopback port, with durability switched off for speed. */
export async function startPrivatePostgres(
  folder: string,
  { survivesKill = false }: Options = {},
): Promise<PrivateServer> {
  const home = createHome('postgres')
  const { data, password } = createCluster(home, folder)
  const [port] = await freePorts(1)
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'fsync=off',
    `synchronous_commit=${survivesKill ? 'on' : 'off'}`,
    'full_page_writes=off',
    'max_connections=200',
    'shared_buffers=64MB',
    `autovacuum=${survivesKill ? 'on' : 'off'}`,
  ]
  const url = `postgres://concord:${password}@127.0.0.1:${port}/postgres`
  const launch = async (timeoutMs: number): Promise<PrivateProcess> => {
    const args = ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]
    const launched = startProcess(home, { command: path.join(folder, 'postgres'), args })
    await untilReady({ name: 'PostgreSQL', home, process: launched, timeoutMs }, () => postgresVersion(url)).catch(
      async (error: unknown) => {
        launched.kill('SIGKILL')
        await launched.exited
        throw error
      },
    )
    return launched
  }
  let server: PrivateProcess
  try {
    server = await launch(patienceMs)
  } catch (error) {
    home.remove()
    throw error
  }
  const kill = async (): Promise<void> => {
    server.kill('SIGKILL')
    await server.exited
  }
  return {
    url,
    folder: home.folder,
    origin: `installed binaries, private, port ${port}`,
    kill,
    async restart() {
      await kill()
      server = await retried(() => launch(patienceMs))
    },
    async stop() {
      await kill()
      home.remove()
    },
  }
}

/** Makes an empty cluster with one superuser, `concord`. */
function createCluster(home: Home, folder: string): { data: string; password: string } {
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
  return { data, password }
}

/** Sessions of a server that was killed hold its shared memory for a moment, and as long no other starts. */
async function retried(launch: () => Promise<PrivateProcess>): Promise<PrivateProcess> {
  for (let left = 20; ; left -= 1) {
    try {
      return await launch()
    } catch (error) {
      if (left === 0) throw error
      await sleep(250)
    }
  }
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
