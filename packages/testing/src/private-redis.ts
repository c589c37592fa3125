import { randomBytes } from 'node:crypto'
import { createHome, findExecutable, freePorts, startProcess, untilReady } from './private-server.ts'
import { redisVersion } from './probe.ts'
import type { Started } from './servers.ts'

/** A Redis of this run alone, on a loopback port, in memory only. */
export async function startPrivateRedis(executable: string): Promise<Started> {
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
  const server = startProcess(home, { command: executable, args })
  const url = `redis://:${password}@127.0.0.1:${port}`
  const stop = async (): Promise<void> => {
    server.kill('SIGKILL')
    await server.exited
    home.remove()
  }
  try {
    await untilReady({ name: 'Redis', home, process: server, timeoutMs: 15_000 }, () => redisVersion(url))
  } catch (error) {
    await stop()
    throw error
  }
  return { url, origin: `installed binaries, private, port ${port}`, stop }
}

export function findRedis(): string | undefined {
  return (
    findExecutable('redis-server', ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']) ??
    findExecutable('valkey-server', ['/usr/bin'])
  )
}
