import { duration, harmless, table, tinted } from '../terminal.ts'
import type { Tone } from '../terminal.ts'
import type { Asked, Status } from './collect.ts'
import type { DatabaseState } from './database-state.ts'
import type { Judgement } from './judge.ts'
import type { Replica } from './replicas.ts'

/** The status as tables for a person; what is wrong comes last, where the eye is. */
export function reportText(status: Status, judgement: Judgement): string {
  return [servicesText(status), enginesText(status), modelsText(status), workText(status), judgementText(judgement)]
    .filter((part) => part !== '')
    .join('\n\n')
}

const tones: Record<Replica['state'], Tone> = { up: 'good', unready: 'warning', down: 'bad' }

function servicesText({ services }: Status): string {
  if (services === null) return ''
  const rows = services.map(({ service, url, state, version, uptime_s: uptime, reason }) => [
    service,
    url,
    tinted(tones[state], state),
    version === null ? '' : harmless(version),
    uptime === null ? '' : duration(uptime * 1_000),
    harmless(reason ?? ''),
  ])
  return table(['SERVICE', 'REPLICA', 'STATE', 'VERSION', 'UPTIME', ''], rows)
}

function enginesText({ database, redis, bus }: Status): string {
  return table(
    ['ENGINE', 'STATE', ''],
    [
      row('PostgreSQL', database, databaseText),
      row('Redis', redis, (told) => `${told.latency_ms} ms`, 'not set: counters and live events stay in the process'),
      row(
        bus?.state === 'up' && bus.told.kind === 'table' ? 'Bus (table)' : 'RabbitMQ',
        bus,
        ({ version, retrying, unrouted, dead }) =>
          [version ?? '', `${retrying} retrying`, `${unrouted} unrouted`, `${dead} dead`].filter(Boolean).join(', '),
      ),
    ],
  )
}

function row<State>(name: string, asked: Asked<State>, tell: (told: State) => string, absent = 'none'): string[] {
  if (asked === null) return [name, '—', absent]
  if (asked.state === 'down') return [name, tinted('bad', 'down'), harmless(asked.reason)]
  return [name, tinted('good', 'up'), tell(asked.told)]
}

function databaseText({ version, latency_ms, connections, migrations, ...rest }: DatabaseState): string {
  const pending = migrations.reduce((sum, state) => sum + state.pending, 0)
  const standbys = rest.standbys.map(
    ({ name, state, lag_ms: lag }) =>
      `standby ${harmless(name)} ${state}, lag ${lag === null ? 'none' : duration(lag)}`,
  )
  return [
    version,
    `${latency_ms} ms`,
    `${connections.open} of ${connections.limit} connections`,
    pending === 0 ? 'migrations up to date' : `${pending} migrations pending`,
    ...(rest.standby_lag_ms === null ? [] : [`a standby, ${duration(rest.standby_lag_ms)} behind`]),
    ...standbys,
  ].join(', ')
}

function modelsText({ providers: { keys_set: keys, emulators, models } }: Status): string {
  const set = keys.length > 0 ? `Keys set here: ${keys.join(', ')}.` : 'No provider’s key is set here.'
  if (models?.state !== 'up')
    return `${set}${emulators ? ' Providers without one are emulated where the mesh allows it.' : ''}`
  const rows = models.told.map(({ name, provider, state }) => [
    name,
    provider,
    state === 'sandbox' ? 'emulated' : state === 'unconfigured' ? 'no key' : state,
  ])
  return `${table(['MODEL', 'PROVIDER', 'STATE'], rows)}\n${set}`
}

function workText({ bus, database }: Status): string {
  const parts: string[] = []
  if (bus?.state === 'up') {
    const rows = bus.told.queues.map(({ handler, waiting, consumers }) => [
      harmless(handler),
      String(waiting),
      consumers === null ? 'in process' : String(consumers),
    ])
    parts.push(table(['QUEUE', 'WAITING', 'CONSUMERS'], rows))
  }
  if (database?.state === 'up') {
    const { outboxes, queries } = database.told
    const rows = outboxes.map(({ schema, waiting, oldest_ms: oldest }) => [
      schema,
      String(waiting),
      waiting === 0 ? '' : duration(oldest),
    ])
    parts.push(table(['OUTBOX', 'WAITING', 'OLDEST'], rows))
    if (queries) {
      const since = queries.stuck > 0 ? ` for up to ${duration(queries.oldest_stuck_ms)}` : ''
      parts.push(`${queries.running} queries running, ${queries.stuck} stuck beyond their deadline${since}`)
    }
  }
  return parts.join('\n\n')
}

function judgementText({ problems, warnings }: Judgement): string {
  const lines = [
    ...warnings.map((text) => tinted('warning', `! ${harmless(text)}`)),
    ...problems.map((text) => tinted('bad', `✗ ${harmless(text)}`)),
  ]
  if (problems.length === 0) lines.push(tinted('good', 'All is up.'))
  return lines.join('\n')
}
