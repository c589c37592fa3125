import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'

type Seed = { breach: string; file: string; rule: string; broken: string; clean: string }

const ports = 'eslint(no-restricted-imports)'
const useCase = (name: string): string => `services/auth/src/accounts/${name.replaceAll(/\W/g, '-')}.ts`

const seeds: Seed[] = [
  {
    breach: 'contracts take a library besides zod',
    file: 'packages/contracts/src/ids.ts',
    rule: ports,
    broken: `import { uuidv7 } from 'uuidv7'\nexport const id = uuidv7()`,
    clean: `import { z } from 'zod'\nexport const Id = z.uuid()`,
  },
  {
    breach: 'contracts take another package of ours',
    file: 'packages/contracts/src/envelope.ts',
    rule: ports,
    broken: `import { newId } from '@concord/service-kit/ids'\nexport const id = newId()`,
    clean: `import { Id } from './ids.ts'\nexport const shape = Id`,
  },
  {
    breach: 'a package imports a service',
    file: 'packages/messaging/src/outbox.ts',
    rule: ports,
    broken: `import { auth } from '@concord/auth/service'\nexport const name = auth.name`,
    clean: `import { openDatabase } from '@concord/database/database'\nexport const open = openDatabase`,
  },
  {
    breach: 'a package reaches into the folder of a service',
    file: 'packages/vault/src/vault.ts',
    rule: ports,
    broken: `import { auth } from '../../../services/auth/src/service.ts'\nexport const name = auth.name`,
    clean: `import { ring } from './key-ring.ts'\nexport const keys = ring`,
  },
  {
    breach: 'code that ships imports testing',
    file: 'packages/database/src/database.ts',
    rule: ports,
    broken: `import { testDatabase } from '@concord/testing/database'\nexport const open = testDatabase`,
    clean: `import pg from 'pg'\nexport const Pool = pg.Pool`,
  },
  {
    breach: 'a service imports another service',
    file: 'services/gateway/src/service.ts',
    rule: ports,
    broken: `import { auth } from '@concord/auth/service'\nexport const name = auth.name`,
    clean: `import { serviceClient } from '@concord/service-kit/service-client'\nexport const client = serviceClient`,
  },
  {
    breach: 'a test of a service imports another service',
    file: 'services/gateway/src/routes.test.ts',
    rule: ports,
    broken: `import { auth } from '@concord/auth/service'\nexport const name = auth.name`,
    clean: `import { engines } from '@concord/testing/engines'\nexport const both = engines`,
  },
  {
    breach: 'a service ships with emulators',
    file: 'services/ai-inference/src/deps.ts',
    rule: ports,
    broken: `import { start } from '@concord/emulators/server'\nexport const go = start`,
    clean: `import { openDatabase } from '@concord/database/database'\nexport const open = openDatabase`,
  },
  ...[
    'fastify',
    'drizzle-orm',
    'pg',
    'amqplib',
    'ioredis',
    'undici',
    'drizzle-orm/node-postgres',
    '@concord/database/sql',
    'openai',
  ].map((library) => ({
    breach: `a use case imports ${library}`,
    file: useCase(library),
    rule: ports,
    broken: `import { thing } from '${library}'\nexport const name = thing`,
    clean: `import type { AccountStore } from '../ports.ts'\nexport type Store = AccountStore`,
  })),
  {
    breach: 'a use case imports an adapter',
    file: useCase('register'),
    rule: ports,
    broken: `import { store } from '../adapters/postgres-accounts.ts'\nexport const accounts = store`,
    clean: `import type { AccountStore } from '../ports.ts'\nexport type Store = AccountStore`,
  },
  {
    breach: 'a use case imports the tables',
    file: useCase('sign-in'),
    rule: ports,
    broken: `import { users } from '../db/schema.ts'\nexport const table = users`,
    clean: `import type { AccountStore } from '../ports.ts'\nexport type Store = AccountStore`,
  },
  {
    breach: 'a route opens a database',
    file: 'services/auth/src/accounts/routes.ts',
    rule: ports,
    broken: `import { eq } from '@concord/database/sql'\nexport const equals = eq`,
    clean: `import { fastify } from 'fastify'\nexport const server = fastify`,
  },
  {
    breach: 'a service opens the broker beside its outbox',
    file: 'services/auth/src/deps.ts',
    rule: ports,
    broken: `import { rabbitMqBus } from '@concord/messaging/rabbitmq'\nexport const bus = rabbitMqBus`,
    clean: `import { startRelay } from '@concord/messaging/outbox'\nexport const relay = startRelay`,
  },
  {
    breach: 'a service publishes beside its outbox',
    file: 'services/auth/src/service.ts',
    rule: 'eslint(no-restricted-properties)',
    broken: `type Bus = { publish(text: string): Promise<void> }\nexport const announce = (bus: Bus): Promise<void> => bus.publish('x')`,
    clean: `type Relay = { nudge(): void }\nexport const announce = (relay: Relay): void => relay.nudge()`,
  },
  {
    breach: 'the environment is read outside main.ts',
    file: 'services/auth/src/config.ts',
    rule: 'node(no-process-env)',
    broken: `export const port = process.env['PORT']`,
    clean: `import { z } from 'zod'\nexport const Config = z.object({ PORT: z.coerce.number() })`,
  },
  {
    breach: 'a module is mocked',
    file: 'services/auth/src/accounts/register.test.ts',
    rule: 'vitest(no-restricted-vi-methods)',
    broken: `import { vi } from 'vitest'\nvi.mock('./register.ts')`,
    clean: `import { expect, test } from 'vitest'\ntest('adds', () => {\n  expect(1 + 1).toBe(2)\n})`,
  },
  {
    breach: 'a promise is dropped',
    file: 'packages/key-value/src/redis.ts',
    rule: 'typescript(no-floating-promises)',
    broken: `async function store(): Promise<void> {}\nexport function set(): void {\n  store()\n}`,
    clean: `async function store(): Promise<void> {}\nexport async function set(): Promise<void> {\n  await store()\n}`,
  },
]

describe('the linter', () => {
  const folders = { broken: '', clean: '' }
  const findings = { broken: new Map<string, string[]>(), clean: new Map<string, string[]>() }

  beforeAll(async () => {
    for (const side of ['broken', 'clean'] as const) {
      folders[side] = layOut(side)
      findings[side] = await lint(folders[side])
    }
  })

  afterAll(() => {
    for (const folder of Object.values(folders)) rmSync(folder, { recursive: true, force: true })
  })

  test.each(seeds)('refuses that $breach', ({ file, rule }) => {
    expect(findings.broken.get(file) ?? []).toContain(rule)
  })

  test.each(seeds)('accepts the clean twin of: $breach', ({ file }) => {
    expect(findings.clean.get(file) ?? []).toEqual([])
  })
})

/** A small repository with our own lint settings. Every seed is a file of its own in it. */
function layOut(side: 'broken' | 'clean'): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'concord-boundaries-'))
  copyFileSync('.oxlintrc.json', path.join(folder, '.oxlintrc.json'))
  writeFileSync(path.join(folder, 'tsconfig.json'), tsconfig)
  for (const { file, [side]: code } of seeds) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    writeFileSync(path.join(folder, file), `${code}\n`)
  }
  return folder
}

const tsconfig = JSON.stringify({
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
  },
  include: ['**/*.ts'],
})

const Report = z.object({ diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })) })

async function lint(folder: string): Promise<Map<string, string[]>> {
  const oxlint = path.join(path.dirname(createRequire(import.meta.url).resolve('oxlint/package.json')), 'bin', 'oxlint')
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [oxlint, '--format=json'],
      { cwd: folder, maxBuffer: 16 * 1024 * 1024 },
      (_error, stdout) => resolve(stdout),
    )
  })
  const found = new Map<string, string[]>()
  for (const { filename, code } of Report.parse(JSON.parse(output)).diagnostics) {
    found.set(filename, [...(found.get(filename) ?? []), code])
  }
  return found
}
