import { createHash } from 'node:crypto'

/** Secrets by name. */
export type Secrets = Record<string, string>
/** What one container finds in `/run/secrets`: its account, and its files by name. */
export type SecretFolder = { uid: number; files: Record<string, string> }
type SecretOf = (name: string) => string
type Folders = Record<string, SecretFolder>

/** The services that have a process of their own, and what each may touch: its database role and schema. */
const services: Record<string, { role?: string }> = {
  gateway: {},
  auth: { role: 'concord_auth' },
  'consensus-orchestrator': { role: 'concord_consensus' },
  'ai-inference': { role: 'concord_inference' },
}

const serviceNames = Object.keys(services)
const roles = [
  'concord_owner',
  ...Object.values(services).flatMap(({ role }) => role ?? []),
  'concord_exporter',
  'concord_monitoring',
  'concord_replication',
]
const providers = ['openai_api_key', 'anthropic_api_key', 'gemini_api_key', 'xai_api_key']
const webhooks = ['on-call-webhook', 'team-webhook', 'business-webhook', 'dead-mans-switch-webhook']

/** Secrets that are made up where nobody gives them. */
export const generated = [
  'vault_keys',
  'postgres_password',
  'redis_password',
  'grafana_password',
  'elastic_password',
  'kibana_password',
  'shipper_password',
  ...roles.map((role) => `database_password.${role}`),
  ...[...serviceNames, 'operator'].map((name) => `rabbitmq_password.${name}`),
  ...serviceNames.map((name) => `service_client_secret.${name}`),
]

/** Secrets that only their owner can give. */
export const onlyGiven = [...providers, ...webhooks]

/**
 * What each container finds in `/run/secrets`: the owner's uid, and its files by name. `databaseAddress` is where the services
 * reach PostgreSQL (`host:port`); migrations and backups go to the server itself. Throws when a secret is missing.
 */
export function secretFiles(secrets: Secrets, databaseAddress: string): Folders {
  const secret = (name: string): string => {
    const value = secrets[name]
    if (value === undefined) throw new Error(`the secret ${name} is missing`)
    return value
  }
  return {
    ...ofServices(secrets, secret, databaseAddress),
    ...ofOperators(secret),
    ...ofEngines(secret),
    ...ofWatchers(secrets, secret),
  }
}

function databaseUrl(secret: SecretOf, role: string, address: string): string {
  return `postgres://${role}:${encodeURIComponent(secret(`database_password.${role}`))}@${address}/concord`
}

function redisUrl(secret: SecretOf): string {
  return `redis://:${encodeURIComponent(secret('redis_password'))}@redis:6379`
}

function rabbitMqUrl(secret: SecretOf, name: string): string {
  return `amqp://${name}:${encodeURIComponent(secret(`rabbitmq_password.${name}`))}@rabbitmq:5672`
}

function ofServices(secrets: Secrets, secret: SecretOf, databaseAddress: string): Folders {
  const clients = serviceNames.map((name) => `${name}=${secret(`service_client_secret.${name}`)}`)
  const folders: Folders = {}
  for (const [name, { role }] of Object.entries(services)) {
    const files = {
      redis_url: redisUrl(secret),
      rabbitmq_url: rabbitMqUrl(secret, name),
      service_client_secret: secret(`service_client_secret.${name}`),
      ...(role ? { database_url: databaseUrl(secret, role, databaseAddress), vault_keys: secret('vault_keys') } : {}),
      ...(name === 'auth' ? { service_clients: clients.join(',') } : {}),
      // An empty file is no key.
      ...(name === 'ai-inference' ? Object.fromEntries(providers.map((key) => [key, secrets[key] ?? ''])) : {}),
    }
    folders[name] = { uid: 1000, files }
  }
  return folders
}

function ofOperators(secret: SecretOf): Folders {
  const passwords = roles.map((role) => [`${role}_password`, secret(`database_password.${role}`)])
  const files = {
    database_url: databaseUrl(secret, 'concord_owner', 'postgres:5432'),
    redis_url: redisUrl(secret),
    rabbitmq_url: rabbitMqUrl(secret, 'operator'),
    vault_keys: secret('vault_keys'),
    postgres_password: secret('postgres_password'),
    ...Object.fromEntries(passwords),
  }
  return { operator: { uid: 1000, files } }
}

function ofEngines(secret: SecretOf): Folders {
  const replication = `postgres:5432:*:concord_replication:${secret('database_password.concord_replication')}\n`
  const redis = secret('redis_password')
  return {
    postgres: { uid: 999, files: { password: secret('postgres_password') } },
    'postgres-replica': { uid: 999, files: { pgpass: replication } },
    pgbouncer: { uid: 1000, files: { 'userlist.txt': userList(secret) } },
    redis: { uid: 999, files: { password: redis, 'password.conf': `requirepass ${redis}\n` } },
    rabbitmq: { uid: 999, files: { 'definitions.json': rabbitMqDefinitions(secret) } },
    elasticsearch: { uid: 1000, files: { elastic_password: secret('elastic_password') } },
  }
}

function ofWatchers(secrets: Secrets, secret: SecretOf): Folders {
  const nobody = 65_534
  const logs = ['elastic_password', 'kibana_password', 'shipper_password'].map((name) => [name, secret(name)])
  const redis = JSON.stringify({ 'redis://redis:6379': secret('redis_password') })
  const grafana = {
    admin_password: secret('grafana_password'),
    usage_database_password: secret('database_password.concord_monitoring'),
  }
  const told = webhooks.flatMap((name) => (secrets[name] ? [[name, secrets[name]] as const] : []))
  return {
    'postgres-exporter': { uid: nobody, files: { password: secret('database_password.concord_exporter') } },
    'redis-exporter': { uid: nobody, files: { 'passwords.json': redis } },
    grafana: { uid: 472, files: grafana },
    alertmanager: { uid: nobody, files: Object.fromEntries(told) },
    kibana: { uid: 1000, files: { kibana_password: secret('kibana_password') } },
    'logs-setup': { uid: 1000, files: Object.fromEntries(logs) },
    'log-shipper': { uid: 0, files: { shipper_password: secret('shipper_password') } },
  }
}

function userList(secret: SecretOf): string {
  const users = Object.values(services).flatMap(({ role }) => role ?? [])
  return users.map((role) => `"${role}" "${secret(`database_password.${role}`).replaceAll('"', '""')}"\n`).join('')
}

/** An account per service that can touch only what begins with `concord.`; the operator's may also look at everything. */
function rabbitMqDefinitions(secret: SecretOf): string {
  const names = [...serviceNames, 'operator']
  return JSON.stringify({
    vhosts: [{ name: '/', default_queue_type: 'quorum' }],
    users: names.map((name) => ({
      name,
      password_hash: rabbitMqHash(secret(`rabbitmq_password.${name}`)),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: name === 'operator' ? ['monitoring'] : [],
    })),
    permissions: names.map((user) => ({
      user,
      vhost: '/',
      configure: '^concord\\.',
      write: '^(concord\\.|amq\\.default$)',
      read: '^concord\\.',
    })),
  })
}

/** RabbitMQ's form of a password: base64 of salt (4 bytes) and SHA-256 of salt and password. The salt is the password's own, so that nothing changes by itself. */
function rabbitMqHash(password: string): string {
  const salt = createHash('sha256').update(`salt ${password}`).digest().subarray(0, 4)
  const digest = createHash('sha256').update(salt).update(password).digest()
  return Buffer.concat([salt, digest]).toString('base64')
}
