import { setTimeout as sleep } from 'node:timers/promises'
import { nameOf, newClient, newKey, submit } from './clients.ts'
import type { Client } from './clients.ts'
import { follow } from './follow.ts'
import type { Asked, Sample } from './observations.ts'

export type Load = {
  asked: Asked[]
  /** Each user's API key. */
  keys: Map<string, string>
  samples: Sample[]
  /** What no client should ever meet, such as a 400 for a good request. */
  surprises: string[]
  /** Clients take nothing new up, and end what they are at. */
  finish(): Promise<void>
}

type Run = Omit<Load, 'finish'> & {
  url: string
  admin: string
  now(): number
  random(): number
  stopping: AbortSignal
  count: number
}

const submitWithinMs = 60_000
const deadlines = [45, 60, 90]
/** How long a client waits for an end beyond the deadline of its query. */
const patienceMs = 90_000

type LoadOptions = { url: string; admin: string; clients: number; now(): number; random(): number }

/** Several users at once, each asking, following, reading, grading and calling single models, one thing after another, with pauses. */
export async function startLoad({ clients, ...o }: LoadOptions): Promise<Load> {
  const stopping = new AbortController()
  const run: Run = { ...o, asked: [], keys: new Map(), samples: [], surprises: [], stopping: stopping.signal, count: 0 }
  const made = await Promise.all(
    Array.from({ length: clients }, (_, index) => newClient(o.url, { admin: o.admin, bySession: index % 2 === 1 })),
  )
  for (const { user, key } of made) run.keys.set(user, key)
  const working = [...made.map((client, index) => useDaily(run, client, index)), exhaustPlans(run)]
  const done = Promise.all(
    working.map((work) => work.catch((error: unknown) => void run.surprises.push(String(error)))),
  )
  return {
    ...run,
    async finish() {
      stopping.abort()
      await done
    },
  }
}

async function useDaily(run: Run, client: Client, index: number): Promise<void> {
  while (!run.stopping.aborted) {
    const asked = await ask(run, client, {})
    if (asked.ids.length > 0) {
      await timed(run, 'follow', () => wait(run, client, asked, (index + run.count) % 2 === 0 ? 'stream' : 'socket'))
      if (asked.ending === 'query_completed') await afterwards(run, client, asked)
    }
    if (run.random() < 0.3) await timed(run, 'single_model', () => callModel(client, run.random() < 0.5))
    await sleep(100 + run.random() * 300)
  }
}

/** Users of the free plan, who ask more than their day holds. */
async function exhaustPlans(run: Run): Promise<void> {
  while (!run.stopping.aborted) {
    const client = await newClient(run.url, { bySession: false })
    run.keys.set(client.user, client.key)
    const asked = await Promise.all(
      Array.from({ length: 12 }, () => ask(run, client, { models: ['gpt5'], debate_rounds: 0 })),
    )
    await Promise.all(
      asked
        .filter(({ ids }) => ids.length > 0)
        .map((one) => timed(run, 'follow', () => wait(run, client, one, 'stream'))),
    )
    await Promise.race([sleep(10_000), aborted(run.stopping)])
  }
}

/** Asks one question that nobody has asked before; what became of it is written down whatever happens. */
async function ask(run: Run, client: Client, more: object): Promise<Asked> {
  const number = (run.count += 1)
  const question =
    run.random() < 0.6
      ? `What is ${number} * 17?`
      : `Should a town of ${number + 1_000} people invest in bicycle lanes?`
  const deadlineS = deadlines[number % deadlines.length] ?? 60
  const two = run.random() < 0.7 ? { models: ['gpt5', 'claude'] } : {}
  const body = { query: question, debate_rounds: 1, deadline_s: deadlineS, ...two, ...more }
  const key = newKey()
  const asked: Asked = {
    user: client.user,
    question,
    ids: [],
    refused: false,
    acceptedAtMs: undefined,
    deadlineS,
    seqs: [],
    ending: undefined,
    endedAtMs: undefined,
  }
  run.asked.push(asked)
  await timed(run, 'submit', async () => {
    const submitted = await submit(client, body, key, submitWithinMs)
    if (submitted.outcome === 'refused') asked.refused = true
    if (submitted.outcome === 'unanswered') return submitted.fault
    if (submitted.outcome !== 'accepted') return undefined
    asked.ids.push(submitted.id)
    asked.acceptedAtMs = run.now()
    if (run.random() < 0.3) await askAgain(client, asked, { body, key })
    // A client that had to try again got its answer, but late: the figures tell how late.
    return undefined
  })
  return asked
}

/** A client whose answer was lost sends the same again. */
async function askAgain(client: Client, asked: Asked, { body, key }: { body: object; key: string }): Promise<void> {
  const again = await submit(client, body, key, 5_000).catch(() => undefined)
  if (again?.outcome === 'accepted') asked.ids.push(again.id)
}

async function wait(run: Run, client: Client, asked: Asked, way: 'stream' | 'socket'): Promise<string | undefined> {
  await follow(client, asked, way, asked.deadlineS * 1_000 + patienceMs)
  if (asked.ending !== undefined) asked.endedAtMs = run.now()
  return asked.ending === 'query_completed' ? undefined : (asked.ending ?? 'untold')
}

async function afterwards(run: Run, client: Client, { ids, question }: Asked): Promise<void> {
  const [id = ''] = ids
  await timed(run, 'read', async () => {
    const answer = await client.api().get(`/queries/${id}/results`)
    if (answer.status === 401) await client.signIn()
    if (answer.status === 404) run.surprises.push(`${id} (${question}) was not found by its owner`)
    return answer.status === 200 ? undefined : String(answer.status)
  })
  if (run.random() < 0.5)
    await timed(run, 'feedback', async () => {
      const answer = await client
        .api()
        .post(`/queries/${id}/feedback`, { correct: run.random() < 0.8 }, { 'idempotency-key': newKey() })
      if (answer.status === 401) await client.signIn()
      return answer.status < 300 ? undefined : String(answer.status)
    })
}

/** `/v1`, with a key, whole or streamed. */
async function callModel({ key, api }: Client, stream: boolean): Promise<string | undefined> {
  const body = { model: 'gpt5', stream, messages: [{ role: 'user', content: 'Say hello.' }] }
  const answer = await api().as(key).post(`${api().url}/v1/chat/completions`, body)
  if (answer.status !== 200) return String(answer.status)
  const whole = stream ? answer.text.includes('data: [DONE]') && !answer.text.includes('"error"') : true
  return whole ? undefined : 'broken_stream'
}

/** Runs one thing of a client and writes down how it went: `call` gives what went wrong, if anything did. */
async function timed(run: Run, kind: Sample['kind'], call: () => Promise<string | undefined>): Promise<void> {
  const startedAtMs = run.now()
  let fault: string | undefined
  try {
    fault = await call()
  } catch (error) {
    fault = nameOf(error)
    if (kind === 'submit') run.surprises.push(String(error))
  }
  const tookMs = run.now() - startedAtMs
  run.samples.push({ kind, startedAtMs, tookMs, ok: fault === undefined, ...(fault === undefined ? {} : { fault }) })
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
