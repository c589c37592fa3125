import { randomBytes } from 'node:crypto'
import { patienceMs } from './patience.ts'
import { createHome, findExecutable, freePorts, startProcess, untilReady } from './private-server.ts'
import type { PrivateProcess, PrivateServer } from './private-server.ts'
import { redisVersion } from './probe.ts'

/** A Redis of this run alone, on a loopback port, in memory only. */
export async function startPrivateRedis(executable: string): Promise<PrivateServer> {
  const home = createHome('redis')
  const password = randomBytes(12).toString('hex')
  const [port] = await freePorts(1)
  const args = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--dir',
    home.folder,
    '--save',
    '',
    '--appendonly',
    'no',
    '--requirepass',
    password,
  ]
  const url = `redis://:${password}@127.0.0.1:${port}`
  let server: PrivateProcess
  const launch = async (): Promise<void> => {
    server = startProcess(home, { command: executable, args })
    await untilReady({ name: 'Redis', home, process: server, timeoutMs: patienceMs }, () => redisVersion(url))
  }
  const kill = async (): Promise<void> => {
    server.kill('SIGKILL')
    await server.exited
  }
  const stop = async (): Promise<void> => {
    await kill()
    home.remove()
  }
  try {
    await launch()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    folder: home.folder,
    origin: `installed binaries, private, port ${port}`,
    kill,
    async restart() {
      await kill()
      await launch()
    },
    stop,
  }
}

export function findRedis(): string | undefined {
  return (
    findExecutable('redis-server', ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']) ??
    findExecutable('valkey-server', ['/usr/bin'])
  )
}
