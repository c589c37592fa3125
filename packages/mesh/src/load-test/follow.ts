import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Account } from './accounts.ts'
import type { Client } from './client.ts'

export type Ending = {
  /** `unfinished`: still at work when the run was stopped. */
  state: 'completed' | 'failed' | 'cancelled' | 'lost' | 'stuck' | 'unfinished'
  degraded: boolean
  tokens: { input: number; output: number }
  costUsd: number
  /** Times that the stream broke and was opened again. */
  breaks: number
}

const Results = z.object({
  status: z.enum(['processing', 'completed', 'failed', 'cancelled']),
  metadata: z
    .object({
      tokens: z.object({ input: z.number(), output: z.number() }),
      cost_usd: z.number(),
      degraded: z.boolean(),
    })
    .optional()
    .catch(undefined),
})
type Results = z.output<typeof Results>

const Event = z.object({ type: z.string(), seq: z.number().optional().nullable() })
const endings = /^query_(completed|failed|cancelled)$/
/** An accepted query that is not there is asked for this often before it counts as lost. */
const missingTimes = 5
const betweenLooksMs = 500

type Options = { queryId: string; account: Account; giveUpAt: number; stop: AbortSignal }

/** Follows one accepted query to its end by its stream of events; a stream that breaks is resumed, and the results have the last word. */
export async function follow(client: Client, { queryId, account, giveUpAt, stop }: Options): Promise<Ending> {
  const cursor = { after: 0 }
  let [breaks, missing] = [0, 0]
  for (;;) {
    const late = AbortSignal.timeout(Math.max(1, giveUpAt - Date.now()))
    const signal = AbortSignal.any([late, stop])
    await untilEnd(client, { queryId, account, cursor, signal }).catch(() => {})
    const found = await look(client, queryId, account)
    if (found === 'missing') missing += 1
    else if (found && found.status !== 'processing') return ending(found.status, breaks, found)
    if (missing >= missingTimes) return ending('lost', breaks)
    if (stop.aborted) return ending('unfinished', breaks)
    if (Date.now() >= giveUpAt) return ending(missing > 0 ? 'lost' : 'stuck', breaks)
    breaks += 1
    await sleep(betweenLooksMs, undefined, { signal: stop }).catch(() => {})
  }
}

/** Resolves at the last event; rejects when the stream cannot be opened or breaks. */
async function untilEnd(
  client: Client,
  o: { queryId: string; account: Account; cursor: { after: number }; signal: AbortSignal },
): Promise<void> {
  const path = `/api/v1/queries/${o.queryId}/events`
  const stream = await client.stream({ path, token: o.account.token, after: o.cursor.after, signal: o.signal })
  let rest = ''
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!line.startsWith('data:')) continue
      const event = Event.safeParse(JSON.parse(line.slice(5))).data
      if (typeof event?.seq === 'number' && event.type !== 'heartbeat') o.cursor.after = event.seq
      if (event && endings.test(event.type)) return
    }
  }
}

/** The query's results; undefined when they could not be had. */
async function look(client: Client, queryId: string, account: Account): Promise<Results | 'missing' | undefined> {
  try {
    const { status, body } = await client.call({ path: `/api/v1/queries/${queryId}/results`, token: account.token })
    if (status === 404) return 'missing'
    if (status === 401) await account.renew?.()
    return status === 200 ? Results.parse(body) : undefined
  } catch {
    return undefined
  }
}

function ending(state: Ending['state'], breaks: number, results?: Results): Ending {
  const {
    tokens,
    cost_usd: costUsd,
    degraded,
  } = results?.metadata ?? {
    tokens: { input: 0, output: 0 },
    cost_usd: 0,
    degraded: false,
  }
  return { state, degraded, tokens, costUsd, breaks }
}
