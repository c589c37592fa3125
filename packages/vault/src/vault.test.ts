import { startEmbedded } from '@concord/database/embedded'
import { pgSchema } from '@concord/database/tables'
import { assert, constantFrom, nat, pre, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeVault } from '../test/vault.contract.ts'
import { followedKeyRing, keyIds, newKeyRing, parseKeyRing } from './key-ring.ts'
import { subjectKeysTable } from './tables.ts'
import { VaultError } from './vault-error.ts'
import { createVault } from './vault.ts'

describeVault('the embedded engine', async () => {
  const engine = await startEmbedded({ dataDir: undefined })
  return { url: engine.url, close: () => engine.stop() }
})

describe('sealing under the ring', () => {
  const keys = subjectKeysTable(pgSchema('vault_test'))
  const vaultOf = (ring: string) => createVault({ ring: parseKeyRing(ring), keys })
  const ring = newKeyRing()
  const vault = vaultOf(ring)
  const anyText = string({ unit: 'grapheme', maxLength: 200 })

  test('gives back every text to who names its row, and to nobody else', () => {
    assert(
      property(anyText, anyText, anyText, (text, aad, wrongAad) => {
        pre(aad !== wrongAad)
        const sealed = vault.seal({ aad, text })

        expect(vault.open({ aad, sealed })).toBe(text)
        expect(codeOf(() => vault.open({ aad: wrongAad, sealed }))).toBe('altered')
      }),
    )
  })

  test('refuses a text of which any one character was changed, left out or added', () => {
    const change = constantFrom('change', 'cut', 'add')
    assert(
      property(
        anyText,
        nat(),
        constantFrom('A', 'z', '0', '-', '_', '.', '=', '+', '/', ' '),
        change,
        (text, at, character, kind) => {
          const sealed = vault.seal({ aad: 'row', text })
          const index = at % sealed.length
          const rest = sealed.slice(kind === 'add' ? index : index + 1)
          const altered = sealed.slice(0, index) + (kind === 'cut' ? '' : character) + rest
          pre(altered !== sealed)

          // A change in the key's id may name a key that the ring does not have.
          expect(codeOf(() => vault.open({ aad: 'row', sealed: altered }))).toMatch(/^(altered|unknown-key)$/)
        },
      ),
      { numRuns: 1_000 },
    )
  })

  test('never seals the same text twice in the same way', () => {
    const sealed = Array.from({ length: 100 }, () => vault.seal({ aad: 'row', text: 'same' }))

    expect(new Set(sealed)).toHaveLength(100)
  })

  test('opens what an older key of the ring sealed, and not without it', () => {
    const sealed = vault.seal({ aad: 'row', text: 'old' })
    const newKey = `k-new:${Buffer.alloc(32, 7).toString('base64')}`

    expect(vaultOf(`${newKey},${ring}`).open({ aad: 'row', sealed })).toBe('old')
    expect(codeOf(() => vaultOf(newKey).open({ aad: 'row', sealed }))).toBe('unknown-key')
  })

  test.each(['', 'plain text', 'v1.k1.', 'v1.k1.A=A', 'v2.k1.AAAA', 'v1.a b.AAAA'])('refuses %j', (sealed) => {
    expect(codeOf(() => vault.open({ aad: 'row', sealed }))).toBe('altered')
  })
})

describe('a key ring', () => {
  test('has the first key as the current one and finds all of them', () => {
    const ring = parseKeyRing(`k2:${key(2)}, k1:${key(1)}`)

    expect(ring.current.id).toBe('k2')
    expect(ring.find('k1')).toEqual(Buffer.alloc(32, 1))
    expect(ring.find('k3')).toBeUndefined()
  })

  test.each([
    ['an empty text', ''],
    ['a key of a wrong size', `k1:${key(1, 16)}`],
    ['an id that stands twice', `k1:${key(1)},k1:${key(2)}`],
    ['an entry without an id', key(1)],
    ['an empty entry', `k1:${key(1)},`],
  ])('refuses %s without telling the key', (_, text) => {
    expect(() => parseKeyRing(text)).toThrow(/^key ring: (?!.*[A-Za-z0-9+/=]{20})/)
  })

  test('that is followed seals under a new key within a second, opens under it at once, and outlives a text that is none', () => {
    let [text, time] = [`k1:${key(1)}`, 0]
    const ring = followedKeyRing(
      () => text,
      () => time,
    )
    text = `k2:${key(2)},k1:${key(1)}`

    expect(ring.current.id).toBe('k1')
    expect(ring.find('k2')).toEqual(Buffer.alloc(32, 2))
    expect(ring.current.id).toBe('k2')
    text = 'half a fi'
    time = 5_000
    expect(ring.current.id).toBe('k2')
    expect(ring.find('k1')).toEqual(Buffer.alloc(32, 1))
    text = `k3:${key(3)}`
    time = 6_000
    expect(ring.current.id).toBe('k3')
    expect(ring.find('k1')).toBeUndefined()
  })

  test('tells the ids of its keys, the current one first', () => {
    expect(keyIds(`k2:${key(2)}, k1:${key(1)}`)).toEqual(['k2', 'k1'])
  })

  test('is made fresh each time', () => {
    expect(parseKeyRing(newKeyRing()).current.key).not.toEqual(parseKeyRing(newKeyRing()).current.key)
  })
})

function codeOf(open: () => unknown): unknown {
  try {
    return open()
  } catch (error) {
    return error instanceof VaultError ? error.code : error
  }
}

function key(fill: number, size = 32): string {
  return Buffer.alloc(size, fill).toString('base64')
}
