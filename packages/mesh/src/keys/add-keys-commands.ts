import { rotateSigningKey } from '@concord/auth/rotate-signing-key'
import { openDatabase } from '@concord/database/database'
import type { Database } from '@concord/database/database'
import { loadConfig } from '@concord/service-kit/config'
import { parseKeyRing } from '@concord/vault/key-ring'
import { subjectKeysTable } from '@concord/vault/tables'
import { createVault } from '@concord/vault/vault'
import type { Command } from 'commander'
import { pgSchema } from '@concord/database/tables'
import { engineSettings, helpWith, wholeNumberOption } from '../command-line.ts'
import { PlainError } from '../plain-error.ts'
import { MeshConfig } from '../settings.ts'
import { answer, liveLine, table } from '../terminal.ts'
import { withDatabase } from '../with-database.ts'
import { keyStatus } from './key-status.ts'
import type { KeyStatus } from './key-status.ts'
import { ringSource } from './ring-source.ts'
import type { RingSource } from './ring-source.ts'
import { rotateVaultKey } from './rotate-vault-key.ts'
import type { VaultRotation } from './rotate-vault-key.ts'

/** Auth looks for keys every 5 s, and who verifies asks auth again for a key it does not know after 5 s at the earliest. */
const usualLeadS = 30
const settings = [
  'VAULT_KEYS                              the ring (also as VAULT_KEYS_FILE); absent: of the data folder',
  ...engineSettings,
]

export function addKeysCommands(program: Command): void {
  const keys = program
    .command('keys')
    .description('the keys that encrypt what people write, and those that sign tokens')
  keys
    .command('status')
    .description('which keys there are, and what needs them; status 1 when one is missing')
    .option('--json', 'answer in JSON')
    .addHelpText('after', helpWith({ examples: ['concord keys status', 'concord keys status --json'], settings }))
    .action(statusCommand)
  const rotate = keys.command('rotate').description('take a new key, beside running services')
  rotate
    .command('vault')
    .description('a new key of the ring, and everything stored wrapped under it')
    .option('--json', 'answer in JSON')
    .addHelpText(
      'after',
      helpWith({
        more: 'Safe to be interrupted: called again, it goes on. Where the ring stands in the environment, it prints what to set, and is then called again.',
        examples: ['concord keys rotate vault'],
        settings,
      }),
    )
    .action(rotateVaultCommand)
  rotate
    .command('signing')
    .description('a new key for tokens; the former verifies until its last token has expired')
    .option(
      '--lead <seconds>',
      'how long it is published before it signs',
      wholeNumberOption({ min: 11, max: 86_400 }),
      usualLeadS,
    )
    .option('--json', 'answer in JSON')
    .addHelpText('after', helpWith({ examples: ['concord keys rotate signing'], settings }))
    .action(rotateSigningCommand)
  keys
    .command('remove')
    .description('take a key that nothing needs any more out of the ring')
    .argument('<id>', 'its id, as `concord keys status` tells it')
    .option('--queues-are-clear', 'RabbitMQ holds no message, dead letters included, from before the rotation')
    .option('--json', 'answer in JSON')
    .addHelpText('after', helpWith({ examples: ['concord keys remove kmi8c2'], settings }))
    .action(removeCommand)
}

async function statusCommand(options: { json?: boolean }): Promise<void> {
  const status = await onDatabase((database, source) => keyStatus(database, source.text))
  answer(options, statusDocument(status), statusText(status))
  if (status.vault.some(({ inRing }) => !inRing)) process.exitCode = 1
}

async function rotateVaultCommand(options: { json?: boolean }): Promise<void> {
  const line = liveLine()
  const { rotation, place } = await onDatabase(async (database, source) => ({
    rotation: await rotateVaultKey({ database, source, onProgress: line.show }),
    place: source.place,
  })).finally(line.end)
  answer(options, vaultDocument(rotation), vaultText(rotation, place))
}

function vaultDocument(rotation: VaultRotation): object {
  const { outcome, keyId } = rotation
  if (outcome === 'to-set') return { outcome: 'to_set', key: keyId, first: rotation.first, second: rotation.second }
  return { outcome, key: keyId, fresh: rotation.fresh, rows: rotation.rows }
}

function vaultText(rotation: VaultRotation, place: string): string {
  if (rotation.outcome === 'wrapped')
    return [
      `${rotation.fresh ? 'The new key' : 'Finished: the key'} ${rotation.keyId} is the current one; ${rotation.rows} stored keys were wrapped under it.`,
      'Messages on their way may still need the former: see concord keys status, then concord keys remove.',
    ].join('\n')
  return [
    `The ring is in ${place}, which cannot be changed from here. Set it yourself, in this order:`,
    '',
    '1. On all services, so that each knows the new key before anything is under it:',
    `   VAULT_KEYS=${rotation.first}`,
    '2. When all run with that, on all services, so that they seal under it:',
    `   VAULT_KEYS=${rotation.second}`,
    '3. Then call this again with the same: it wraps what is stored under the new key.',
  ].join('\n')
}

async function rotateSigningCommand(options: { lead: number; json?: boolean }): Promise<void> {
  const { kid, signsFrom, already } = await onDatabase((database, source) => {
    const vault = createVault({ ring: parseKeyRing(source.text), keys: subjectKeysTable(pgSchema('auth')) })
    return rotateSigningKey(database, vault, { leadS: options.lead })
  })
  answer(
    options,
    { kid, signs_from: signsFrom.toISOString(), already },
    `${already ? 'A new key waits already' : 'The new key is published'}: ${kid} signs from ${signsFrom.toISOString()}. Until its last token has expired the former verifies.`,
  )
}

async function removeCommand(id: string, options: { queuesAreClear?: boolean; json?: boolean }): Promise<void> {
  await onDatabase(async (database, source, config) => {
    const key = (await keyStatus(database, source.text)).vault.find((one) => one.id === id && one.inRing)
    if (!key) throw new PlainError(`The ring has no key ${id}.`)
    if (key.current) throw new PlainError(`${id} is the current key: concord keys rotate vault takes another first.`)
    if (!key.removable) throw new PlainError(`${id} is still needed: ${usesText(key.uses)}.`)
    if (config.RABBITMQ_URL && options.queuesAreClear !== true)
      throw new PlainError(
        'Messages in RabbitMQ cannot be seen from here. When the queues have been empty once since the rotation, and no dead letter is ' +
          'older, call this with --queues-are-clear.',
      )
    const rest = source.text.split(',').filter((entry) => !entry.trim().startsWith(`${id}:`))
    if (!source.write) throw new PlainError(`Take it out of ${source.place} yourself: VAULT_KEYS=${rest.join(',')}`)
    await source.write(rest.join(','))
  })
  answer(
    options,
    { removed: id },
    `${id} is out of the ring. A backup from before the rotation needs it: keep it as long as those.`,
  )
}

async function onDatabase<Result>(
  work: (database: Database, source: RingSource, config: MeshConfig) => Promise<Result>,
): Promise<Result> {
  const config = loadConfig(MeshConfig, process.env)
  const source = await ringSource(config, process.env)
  return withDatabase(config, async (url) => {
    const database = openDatabase({ url, applicationName: 'concord', poolMax: 2, statementTimeoutMs: 10 * 60_000 })
    try {
      return await work(database, source, config)
    } finally {
      await database.close()
    }
  })
}

function statusDocument({ vault, signing }: KeyStatus): object {
  return {
    vault: vault.map(({ inRing, ...key }) => ({ ...key, in_ring: inRing })),
    signing: signing.map(({ kid, state, signsFrom, verifiesUntil }) => ({
      kid,
      state,
      signs_from: signsFrom.toISOString(),
      verifies_until: verifiesUntil?.toISOString() ?? null,
    })),
  }
}

function statusText({ vault, signing }: KeyStatus): string {
  const state = (key: KeyStatus['vault'][number]) =>
    key.inRing ? (key.current ? 'current' : key.removable ? 'removable' : 'older') : 'MISSING'
  return [
    table(
      ['VAULT KEY', 'STATE', 'NEEDED BY'],
      vault.map((key) => [key.id, state(key), usesText(key.uses)]),
    ),
    '',
    table(
      ['SIGNING KEY', 'STATE', 'SIGNS FROM', 'VERIFIES UNTIL'],
      signing.map(({ kid, state: of, signsFrom, verifiesUntil }) => [
        kid,
        of,
        signsFrom.toISOString(),
        verifiesUntil?.toISOString() ?? '',
      ]),
    ),
  ].join('\n')
}

function usesText(uses: KeyStatus['vault'][number]['uses']): string {
  return uses.map(({ table: name, rows }) => `${name} (${rows})`).join(', ') || 'nothing stored'
}
