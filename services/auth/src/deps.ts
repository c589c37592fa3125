import { setTimeout as sleep } from 'node:timers/promises'
import { startRelay } from '@concord/messaging/outbox'
import { measureOutbox } from '@concord/service-kit/metrics'
import type { Platform } from '@concord/service-kit/platform'
import { tokenCheck } from '@concord/service-kit/token'
import { createVault } from '@concord/vault/vault'
import { argon2Passwords } from './adapters/argon2-passwords.ts'
import { keyValueBoard, keyValueFailures } from './adapters/key-value-board.ts'
import { postgresSigningKeys } from './adapters/postgres-signing-keys.ts'
import { postgresTransaction } from './adapters/postgres-transaction.ts'
import { refreshCookie } from './adapters/refresh-cookie.ts'
import type { Config } from './config.ts'
import { outbox, subjectKeys } from './db/schema.ts'
import type { Deps } from './ports.ts'
import { openSigningKeys } from './tokens/signing-keys.ts'

/** The only place where real adapters are chosen. */
export async function createDeps(config: Config, { database, bus, keyValue, ring, logger, metrics }: Platform) {
  const vault = createVault({ ring, keys: subjectKeys })
  const { signer, publicKeys, verificationKeys, refresh } = await openSigningKeys(
    postgresSigningKeys(database),
    vault,
    config.PUBLIC_URL,
  )
  const relay = startRelay({ database, outbox, bus, logger })
  measureOutbox(metrics, relay.lag)
  const now = () => new Date()

  const deps: Deps = {
    inTransaction: postgresTransaction(database, relay.nudge),
    passwords: argon2Passwords(),
    board: keyValueBoard(keyValue, now),
    failures: keyValueFailures(keyValue),
    signer,
    now,
    sleep,
    settings: {
      accessTtlS: config.ACCESS_TOKEN_TTL_S,
      refreshTtlS: config.REFRESH_TOKEN_TTL_S,
      refreshGraceS: config.REFRESH_GRACE_S,
      apiKeysPerUser: config.API_KEYS_PER_USER,
      serviceClients: config.SERVICE_CLIENTS,
    },
  }
  return {
    ...deps,
    publicKeys,
    noticeSigningKeys: refresh,
    check: tokenCheck({ issuer: config.PUBLIC_URL, keyValue, keys: verificationKeys }),
    cookie: refreshCookie({ publicUrl: config.PUBLIC_URL, maxAgeS: config.REFRESH_TOKEN_TTL_S }),
    isReady: async () => {
      await Promise.all([database.ping(), keyValue.ping(), bus.ping()])
    },
    close: () => relay.close(),
  }
}
