import { busMigrations } from '@concord/messaging/in-process'
import { loadConfig } from '@concord/service-kit/config'
import type { Server } from '@concord/service-kit/server'
import type { Engine } from '@concord/testing/engines'
import { openTestPlatform } from '@concord/testing/platform'
import { buildApp } from '../src/app.ts'
import { Config } from '../src/config.ts'
import { createDeps } from '../src/deps.ts'
import { auth } from '../src/service.ts'

const serviceSecret = 'a-secret-of-the-gateway'
export const clientCredentials = {
  grant_type: 'client_credentials',
  client_id: 'gateway',
  client_secret: serviceSecret,
}

type Open = (options: { migrations: { service: string; folder: string }[] }) => Promise<Engine>

/** The whole service on a suite's engine, without a listening port. */
export async function openTestAuth(open: Open, settings: Record<string, string> = {}) {
  const engine = await open({
    migrations: [busMigrations, { service: auth.name, folder: auth.migrations?.folder ?? '' }],
  })
  const platform = openTestPlatform('auth', engine)
  const config = loadConfig(Config, {
    DATABASE_URL: engine.databaseUrl,
    VAULT_KEYS: 'unused',
    SERVICE_CLIENT_SECRET: serviceSecret,
    SERVICE_CLIENTS: `gateway=${serviceSecret}`,
    ...settings,
  })
  const { close, ...deps } = await createDeps(config, platform)
  const app = buildApp({ ...deps, logger: platform.logger, metrics: platform.metrics })
  return {
    app,
    deps,
    platform,
    async close() {
      await app.close()
      await close()
      await platform.close()
      await engine.close()
    },
  }
}

export const password = 'correct horse battery'

let people = 0

/** Registers somebody new and gives what the answer says. */
export async function aUser(app: Server, overrides: Record<string, unknown> = {}) {
  people += 1
  const payload = { email: `person${people}@example.org`, password, full_name: 'A Person', ...overrides }
  const answer = await app.inject({ method: 'POST', url: '/auth/register', payload })
  return { ...answer.json(), email: payload.email, status: answer.statusCode }
}

export function bearer(token: string): { authorization: string } {
  return { authorization: `Bearer ${token}` }
}
