import { randomBytes } from 'node:crypto'
import { chmodSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { patienceMs } from './patience.ts'
import {
  createFolder,
  createHome,
  findExecutable,
  freePorts,
  runCommandLater,
  startProcess,
  untilReady,
  type Home,
  type PrivateProcess,
  type PrivateServer,
} from './private-server.ts'
import { managementRequest } from './probe.ts'

export type PrivateRabbitMq = PrivateServer & {
  managementUrl: string
  /** Runs `rabbitmqctl` on it; rejects with what it said when it fails. */
  control(...args: string[]): Promise<void>
}

type Ports = { amqp: number; management: number; distribution: number; epmd: number }

/** A RabbitMQ node of this run alone: own ports, own port mapper, own folders, management API on. */
export async function startPrivateRabbitMq(executable: string): Promise<PrivateRabbitMq> {
  const home = createHome('rabbitmq')
  const password = randomBytes(12).toString('hex')
  const [amqp = 0, management = 0, distribution = 0, epmd = 0] = await freePorts(4)
  const env = writeSettings(home, { amqp, management, distribution, epmd }, password)

  // Started here because the node would start its own as a daemon, which outlives everything.
  const portMapper = startProcess(home, {
    command: findExecutable('epmd', ['/usr/bin']) ?? 'epmd',
    args: ['-port', String(epmd), '-address', '127.0.0.1'],
    env,
  })
  const managementUrl = `http://concord:${password}@127.0.0.1:${management}`
  let server: PrivateProcess
  const launch = async (): Promise<void> => {
    server = startProcess(home, { command: executable, args: [], env })
    await untilReady({ name: 'RabbitMQ', home, process: server, timeoutMs: patienceMs }, () =>
      managementRequest(managementUrl, 'GET', '/api/health/checks/local-alarms'),
    )
  }
  const kill = async (): Promise<void> => {
    server.kill('SIGKILL')
    await server.exited
  }
  const stop = async (): Promise<void> => {
    portMapper.kill('SIGKILL')
    await Promise.all([kill(), portMapper.exited])
    home.remove()
  }
  try {
    await launch()
  } catch (error) {
    await stop()
    throw error
  }
  const url = `amqp://concord:${password}@127.0.0.1:${amqp}/concord`
  return {
    url,
    managementUrl,
    folder: home.folder,
    origin: `installed binaries, private, port ${amqp}`,
    kill,
    async restart() {
      await kill()
      await launch()
    },
    control: (...args) =>
      runCommandLater(home, { command: path.join(path.dirname(executable), 'rabbitmqctl'), args, env }),
    stop,
  }
}

/** Debian's `/usr/sbin/rabbitmq-server` insists on the account `rabbitmq`; the script beneath it does not. */
export function findRabbitMq(): string | undefined {
  return findExecutable('rabbitmq-server', ['/usr/lib/rabbitmq/bin', '/opt/homebrew/sbin', '/usr/local/sbin'])
}

function writeSettings(home: Home, ports: Ports, password: string): NodeJS.ProcessEnv {
  const file = (name: string, content: string): string => {
    const target = path.join(home.folder, name)
    writeFileSync(target, content)
    chmodSync(target, 0o644)
    return target
  }
  const settings = [
    `listeners.tcp.1 = 127.0.0.1:${ports.amqp}`,
    'management.tcp.ip = 127.0.0.1',
    `management.tcp.port = ${ports.management}`,
    'default_user = concord',
    `default_pass = ${password}`,
    'default_vhost = concord',
    'disk_free_limit.absolute = 50MB',
    'raft.wal_max_size_bytes = 32000000',
  ]
  return {
    RABBITMQ_NODENAME: `concord${ports.amqp}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(ports.distribution),
    ERL_EPMD_PORT: String(ports.epmd),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_MNESIA_BASE: createFolder(home, 'mnesia'),
    RABBITMQ_LOG_BASE: createFolder(home, 'logs'),
    RABBITMQ_CONFIG_FILE: file('rabbitmq.conf', `${settings.join('\n')}\n`),
    RABBITMQ_ADVANCED_CONFIG_FILE: file('advanced.config', '[{ra, [{wal_sync_method, none}]}].\n'),
    RABBITMQ_ENABLED_PLUGINS_FILE: file('enabled_plugins', '[rabbitmq_management].\n'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_PID_FILE: path.join(home.folder, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none',
  }
}
