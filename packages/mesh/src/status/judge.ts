import type { Status } from './collect.ts'

/** `problems` make the status unhealthy; `warnings` ask for a look. */
export type Judgement = { problems: string[]; warnings: string[] }

const slowOutboxMs = 60_000

/** What is wrong with a mesh, in sentences. Pure. */
export function judge(status: Status): Judgement {
  return {
    problems: [...servicesProblems(status), ...engineProblems(status), ...workProblems(status)],
    warnings: warningsOf(status),
  }
}

function servicesProblems({ services }: Status): string[] {
  if (services === null) return ['No mesh runs here: nothing says where its services listen.']
  return services
    .filter(({ state }) => state !== 'up')
    .map(({ service, url, state, reason }) => `${service} at ${url} is ${state}: ${reason ?? 'it gives no reason'}.`)
}

function engineProblems({ database, redis, bus }: Status): string[] {
  const down = Object.entries({ PostgreSQL: database, Redis: redis, 'The bus': bus }).flatMap(([name, asked]) =>
    asked?.state === 'down' ? [`${name} cannot be reached: ${asked.reason}.`] : [],
  )
  if (database?.state !== 'up') return down
  const pending = database.told.migrations.filter((state) => state.pending > 0)
  return [
    ...down,
    ...pending.map((state) => `${state.service} has ${state.pending} migrations pending: run \`concord migrate\`.`),
  ]
}

function workProblems({ database, bus, services }: Status): string[] {
  const stuck = database?.state === 'up' ? (database.told.queries?.stuck ?? 0) : 0
  const silent =
    bus?.state === 'up' && services !== null ? bus.told.queues.filter((queue) => queue.consumers === 0) : []
  const late = database?.state === 'up' ? database.told.outboxes.filter(({ oldest_ms: ms }) => ms > slowOutboxMs) : []
  return [
    ...(stuck > 0 ? [`${stuck} queries are stuck beyond their deadline.`] : []),
    ...silent.map(({ handler, waiting }) => `Nobody consumes ${handler}; ${waiting} messages wait.`),
    ...late.map(
      ({ schema }) => `The outbox of ${schema} is not relayed: its oldest event waits for more than a minute.`,
    ),
  ]
}

function warningsOf({ database, bus, providers }: Status): string[] {
  const dead = bus?.state === 'up' ? bus.told.dead : 0
  const ahead = database?.state === 'up' ? database.told.migrations.filter((state) => state.ahead) : []
  const models = providers.models?.state === 'up' ? providers.models.told : []
  const failing = models.filter(({ state }) => state === 'down' || state === 'degraded')
  return [
    ...(dead > 0 ? [`${dead} dead letters: see \`concord dlq list\`.`] : []),
    ...ahead.map(({ service }) => `The tables of ${service} are newer than this program.`),
    ...failing.map(({ name, provider, state }) => `The model ${name} of ${provider} is ${state}.`),
    ...(providers.models?.state === 'down' ? [`The models could not be asked: ${providers.models.reason}.`] : []),
  ]
}
