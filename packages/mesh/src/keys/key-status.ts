import { signingKeyStates } from '@concord/auth/rotate-signing-key'
import type { SigningKeyState } from '@concord/auth/rotate-signing-key'
import type { Database } from '@concord/database/database'
import { keyIds } from '@concord/vault/key-ring'
import { allSchemas } from '../service-tables.ts'
import { ringUses } from './ring-uses.ts'
import type { RingUse } from './ring-uses.ts'

export type VaultKeyStatus = {
  id: string
  current: boolean
  /** False for a key that something stored needs and that the ring does not have: what is under it cannot be read. */
  inRing: boolean
  uses: Omit<RingUse, 'keyId'>[]
  /** Nothing that can be seen from here needs it. */
  removable: boolean
}

export type KeyStatus = { vault: VaultKeyStatus[]; signing: SigningKeyState[] }

/** Which keys there are, and what needs them. */
export async function keyStatus(database: Pick<Database, 'db'>, ring: string): Promise<KeyStatus> {
  const uses = await ringUses(database.db, allSchemas)
  const ids = keyIds(ring)
  const vault = [...new Set([...ids, ...uses.map(({ keyId }) => keyId)])].map((id, index): VaultKeyStatus => {
    const own = uses.filter(({ keyId }) => keyId === id).map(({ table, rows }) => ({ table, rows }))
    return {
      id,
      current: index === 0,
      inRing: ids.includes(id),
      uses: own,
      removable: index > 0 && own.length === 0,
    }
  })
  return { vault, signing: await signingKeyStates(database) }
}
