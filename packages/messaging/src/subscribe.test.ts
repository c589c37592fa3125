import { expect, test } from 'vitest'
import { aMessage, anEvent } from '../test/builders.ts'
import { PermanentError } from './errors.ts'
import { on } from './subscribe.ts'

const definition = anEvent()
const signal = new AbortController().signal

test('hands the parsed event to the handler, without what the contract does not know', async () => {
  const seen: unknown[] = []
  const { handle } = on(definition, { handler: 'tests.counted' }, async (event) => void seen.push(event))
  const message = aMessage(definition.type, 3)

  await handle({ ...message, attempt: 1, signal, body: { ...Object(message.body), stray: true } })

  expect(seen).toEqual([message.body])
})

test('refuses another type for good, before the handler sees it', async () => {
  let handled = false
  const { handle } = on(definition, { handler: 'tests.counted' }, async () => void (handled = true))

  await expect(handle({ ...aMessage('other.happened.v1'), attempt: 1, signal })).rejects.toThrow(PermanentError)

  expect(handled).toBe(false)
})
