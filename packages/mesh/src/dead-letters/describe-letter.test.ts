import { expect, test } from 'vitest'
import { describeLetter } from './describe-letter.ts'

const letter = {
  id: '0198c0de-0000-7000-8000-000000000001',
  type: 'turn.completed.v1',
  handler: 'consensus-orchestrator.turn.completed.v1',
  reason: 'PermanentError: no such query',
  attempts: 5,
  at: '2026-11-21T10:00:00.000Z',
  bytes: 812,
}

test('shows ids and sizes, and nothing that a person wrote, wherever it stands', () => {
  const secret = 'Ada Lovelace, 12 Row Street'
  const body = {
    id: letter.id,
    type: letter.type,
    time: '2026-11-21T09:59:00.000Z',
    source: secret,
    correlation_id: secret,
    [secret]: 1,
    data: {
      query_id: 'qry_01h2xcejqtf2nbrexx3vqjhp41',
      user_id: secret,
      sealed_output: 'a'.repeat(100),
      note: secret,
      nested: { query_id: secret },
    },
  }

  const shown = describeLetter({ ...letter, body, headers: { traceparent: '00-ab-cd-01', 'x-note': secret } })

  expect(JSON.stringify(shown)).not.toContain('Ada')
  expect(shown).toMatchObject({
    bytes: 812,
    headers: { traceparent: '00-ab-cd-01', 'x-note': '(27 bytes)' },
    event: { time: '2026-11-21T09:59:00.000Z' },
    ids: { query_id: 'qry_01h2xcejqtf2nbrexx3vqjhp41' },
    hidden: { sealed_output: 102, user_id: 29, note: 29 },
  })
})

test.each([null, 'text', 7, [], { data: null }])('takes a body that is no event: %j', (body) => {
  expect(describeLetter({ ...letter, body, headers: {} })).toMatchObject({ id: letter.id, ids: {}, hidden: {} })
})
