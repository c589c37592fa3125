import { readFileSync } from 'node:fs'
import { followedKeyRing, parseKeyRing } from '@concord/vault/key-ring'
import type { KeyRing } from '@concord/vault/key-ring'

/** The file that VAULT_KEYS comes from by these settings; undefined where the setting itself holds it. */
export function keysFileOf(environment: NodeJS.ProcessEnv): string | undefined {
  return environment['VAULT_KEYS'] ? undefined : environment['VAULT_KEYS_FILE'] || undefined
}

/** The ring of VAULT_KEYS. Where a file holds it, what is changed there is followed, so that a rotation needs no restart. */
export function openKeyRing(text: string, file: string | undefined): KeyRing {
  return file === undefined ? parseKeyRing(text) : followedKeyRing(() => readFileSync(file, 'utf8').trim())
}
