import { execFileSync, spawn } from 'node:child_process'
import { chownSync, cpSync, readFileSync, readdirSync } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'
import { nginxPath } from './nginx.ts'
import { root } from './node-process.ts'
import { patienceMs } from './patience.ts'
import { createHome, freePorts, startProcess, untilReady } from './private-server.ts'
import type { Home } from './private-server.ts'

export type EdgeProcess = {
  /** Such as `https://127.0.0.1:40001`. */
  url: string
  plainUrl: string
  /** For exporters and health checks. */
  insideUrl: string
  port: number
  /** The self-signed certificate, which is its own authority, in PEM. */
  certificate: string
  folder: string
  /** As an operator does it, with these settings over the earlier ones; resolves when the new configuration answers. */
  reload(settings?: Readonly<Record<string, string>>): Promise<void>
  /** Lines of the access log so far. */
  log(): string[]
  /** NGINX's own log: warnings and worse. */
  errors(): string
  close(): Promise<void>
}

/** Limits that only their own tests reach. */
const forTests = {
  EDGE_REQUESTS_PER_SECOND: '100000',
  EDGE_REQUESTS_BURST: '100000',
  EDGE_CONNECTIONS_PER_ADDRESS: '10000',
}

/**
 * The edge on free loopback ports, in a folder of its own, as an ordinary account. `settings` are those of nginx/README.md;
 * `prepare` may put files into the folder before it starts.
 */
export async function startEdge(
  settings: Readonly<Record<string, string>>,
  prepare: (folder: string) => void = () => {},
): Promise<EdgeProcess> {
  const home = createHome('edge')
  const [port = 0, plainPort = 0, insidePort = 0] = await freePorts(3)
  const insideUrl = `http://127.0.0.1:${insidePort}`
  let environment = { ...environmentOf({ port, plainPort, insidePort }), ...settings }
  const read = (name: string): string => readFileSync(path.join(home.folder, name), 'utf8')
  try {
    prepare(home.folder)
    writeConfiguration(home, environment)
    const close = await run(home, port)
    return {
      url: `https://127.0.0.1:${port}`,
      plainUrl: `http://127.0.0.1:${plainPort}`,
      insideUrl,
      port,
      certificate: read('certificates/edge.crt'),
      folder: home.folder,
      async reload(changed = {}) {
        environment = { ...environment, ...changed }
        runScript(home, environment, 'reload.sh', home.folder)
        const [, wanted = ''] = /"configuration":"([^"]+)"/.exec(read('conf/inside.conf')) ?? []
        await untilConfigured(insideUrl, wanted)
      },
      log: () => read('access.log').split('\n').filter(Boolean),
      errors: () => read('error.log'),
      close,
    }
  } catch (error) {
    home.remove()
    throw error
  }
}

function environmentOf(o: { port: number; plainPort: number; insidePort: number }): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '',
    NGINX_PATH: nginxPath(),
    EDGE_LISTEN: '127.0.0.1',
    EDGE_PUBLIC_URL: `https://127.0.0.1:${o.port}`,
    EDGE_HTTPS_PORT: String(o.port),
    EDGE_HTTP_PORT: String(o.plainPort),
    EDGE_INSIDE_LISTEN: `127.0.0.1:${o.insidePort}`,
    EDGE_ACCESS_LOG: 'access.log',
    EDGE_ERROR_LOG: 'error.log',
    EDGE_WORKERS: '2',
    ...forTests,
  }
}

/** All as the account that NGINX runs as, which need not be able to read this repository. */
function writeConfiguration(home: Home, environment: NodeJS.ProcessEnv): void {
  cpSync(path.join(root, 'nginx'), path.join(home.folder, 'source'), { recursive: true })
  giveAway(home)
  runScript(home, environment, 'make-certificate.sh', path.join(home.folder, 'certificates'))
  runScript(home, environment, 'render.sh', home.folder)
}

function runScript({ folder, account }: Home, env: NodeJS.ProcessEnv, name: string, ...args: string[]): void {
  execFileSync(path.join(folder, 'source', name), args, { cwd: folder, env, stdio: 'pipe', ...account })
}

/** Starts NGINX; gives how to end it. */
async function run(home: Home, port: number): Promise<() => Promise<void>> {
  const server = startProcess(home, {
    command: nginxPath(),
    args: ['-e', 'stderr', '-p', home.folder, '-c', 'nginx.conf', '-g', 'daemon off;'],
  })
  const close = async (): Promise<void> => {
    server.kill('SIGKILL')
    await server.exited
    home.remove()
  }
  try {
    await untilReady({ name: 'NGINX', home, process: server, timeoutMs: patienceMs }, () => connects(port))
  } catch (error) {
    await close()
    throw error
  }
  endWithThisProcess(home)
  return close
}

/** However this process ends, its end of the pipe closes, and what it had started is ended and removed. */
function endWithThisProcess({ folder }: Home): void {
  const group = readFileSync(path.join(folder, 'nginx.pid'), 'utf8').trim()
  const commands = 'cat; kill -KILL "-$1"; rm -rf "$2"'
  const guard = spawn('sh', ['-c', commands, 'guard', group, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  guard.unref()
}

async function untilConfigured(insideUrl: string, wanted: string): Promise<void> {
  for (;;) {
    // On a connection of its own: a kept one would be an old worker's.
    const answer = await fetch(`${insideUrl}/health`, { headers: { connection: 'close' } })
    if ((await answer.text()).includes(wanted)) return
  }
}

function giveAway({ folder, account }: Home): void {
  if (!account) return
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    chownSync(path.join(folder, name), account.uid, account.gid)
}

function connects(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve()
    })
    socket.once('error', reject)
  })
}
