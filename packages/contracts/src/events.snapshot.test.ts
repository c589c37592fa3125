import { expect, test } from 'vitest'
import { z } from 'zod'
import * as events from './events.ts'
import * as live from './live-events.ts'

test.each(Object.values(events))('$type keeps the shape that consumers rely on', async ({ type, schema }) => {
  await expect(`${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`).toMatchFileSnapshot(`../snapshots/${type}.json`)
})

test.each([
  ['durable-event', live.DurableEvent],
  ['passing-event', live.PassingEvent],
  ['heartbeat', live.Heartbeat],
])('the live %s keeps the shape that clients rely on', async (name, schema) => {
  await expect(`${JSON.stringify(z.toJSONSchema(schema), null, 2)}\n`).toMatchFileSnapshot(
    `../snapshots/live.${name}.json`,
  )
})
