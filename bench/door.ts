import { apiClient, textAt } from '@concord/testing/api-client'
import { freePort, spawnNode, untilWritten } from '@concord/testing/node-process'
import { Pool } from 'undici'
import { makeAskers } from './askers.ts'
import type { Context } from './context.ts'
import { closedLoop } from './load.ts'
import { embeddedMesh } from './meshes.ts'
import { cpuMs, processTree } from './process-figures.ts'
import type { Report, Row } from './report.ts'
import { median, quantile } from './statistics.ts'

const rounds = 5
const gapMs = 20
/** `warmUps`: calls of each contestant before it is measured, since a runtime compiles what is hot only after thousands. */
export const shapes = [
  { name: 'plain', body: { messages: asked('at once') }, alone: 150, together: 1_500, inFlight: 32, warmUps: 6_000 },
  {
    name: '50 chunks without a pause',
    body: { messages: asked('at once'), stream: true },
    alone: 100,
    together: 600,
    inFlight: 32,
    warmUps: 2_000,
  },
  {
    name: `50 chunks, ${gapMs} ms apart`,
    body: { messages: asked('slowly'), stream: true },
    alone: 3,
    together: 200,
    inFlight: 100,
    warmUps: 200,
  },
] as const
type Shape = (typeof shapes)[number]

export type Contestant = { name: string; pids(): number[]; ask(shape: Shape): Promise<void>; close(): Promise<void> }
export type Sample = { durations: number[]; perSecond: number[]; cpu: number[] }

/**
 * A chat completion of one provider, called directly, through Concord and through Portkey's gateway, in turns. The CPU is that of the
 * gateway's processes, for Concord with its embedded database; the provider and the clients have processes of their own.
 */
export async function door({ say }: Context): Promise<Report> {
  const provider = await startProvider()
  const contestants: Contestant[] = []
  try {
    contestants.push(await concord(provider.url), await portkey(provider.url), direct(provider.url))
    const rows: Row[] = []
    for (const shape of shapes) {
      for (const contestant of contestants)
        await closedLoop({ count: shape.warmUps, inFlight: shape.inFlight }, () => contestant.ask(shape))
      const alone = await inTurns(contestants, shape, { count: shape.alone, inFlight: 1 })
      const together = await inTurns(contestants, shape, { count: shape.together, inFlight: shape.inFlight })
      rows.push(...rowsOf(shape, alone, together))
      say(JSON.stringify(rows.slice(-6)))
    }
    return {
      name: 'door',
      title: 'A chat completion through the door',
      columns: contestants.map(({ name }) => name),
      rows,
    }
  } finally {
    for (const contestant of contestants) await contestant.close()
    await provider.close()
  }
}

function asked(content: string) {
  return [{ role: 'user', content }]
}

/** Each round asks them one after the other, so that what else the machine does falls on all of them. */
export async function inTurns(
  contestants: readonly Contestant[],
  shape: Shape,
  load: { count: number; inFlight: number },
): Promise<Sample[]> {
  const samples = contestants.map((): Sample => ({ durations: [], perSecond: [], cpu: [] }))
  for (let round = 0; round < rounds; round++) {
    for (const [index, { ask, pids }] of contestants.entries()) {
      const tree = pids()
      const before = cpuMs(tree)
      const { durations, elapsedMs } = await closedLoop(load, () => ask(shape))
      samples[index]?.durations.push(...durations)
      samples[index]?.perSecond.push((load.count * 1_000) / elapsedMs)
      if (tree.length > 0) samples[index]?.cpu.push((cpuMs(tree) - before) / load.count)
    }
  }
  return samples
}

function rowsOf({ name, inFlight }: Shape, alone: readonly Sample[], together: readonly Sample[]): Row[] {
  const busy = `${name}, ${inFlight} at once`
  const gapless = !name.includes('apart')
  return [
    ...[0.5, 0.99].map((q) => ({
      what: `${name}, one at a time, p${q * 100}`,
      unit: 'ms',
      values: alone.map(({ durations }) => quantile(durations, q)),
    })),
    ...[0.5, 0.99].map((q) => ({
      what: `${busy}, p${q * 100}`,
      unit: 'ms',
      values: together.map(({ durations }) => quantile(durations, q)),
    })),
    {
      what: `${busy}, CPU`,
      unit: 'ms a request',
      values: together.map(({ cpu }) => median(cpu)),
      ...(gapless ? { goal: { atMost: 1 } } : {}),
    },
    {
      what: `${busy}, a request takes`,
      unit: 'ms',
      values: together.map(({ perSecond }) => 1_000 / median(perSecond)),
      ...(gapless ? { goal: { atMost: 0.5, of: 'ratio' as const } } : {}),
      note: together.map(({ perSecond }) => `${Math.round(median(perSecond))}/s`).join(' · '),
    },
  ]
}

export async function startProvider() {
  const port = await freePort()
  const child = spawnNode({
    args: ['bench/chat-provider.ts'],
    environment: { PORT: String(port), GAP_MS: String(gapMs) },
  })
  await untilWritten(child, /ready/)
  return { url: `http://127.0.0.1:${port}`, close: async () => void (await child.stop()) }
}

export async function concord(
  providerUrl: string,
  { name = 'Concord', settings = {} }: { name?: string; settings?: Record<string, string> } = {},
): Promise<Contestant> {
  const mesh = await embeddedMesh({
    EMULATORS: 'false',
    EMULATOR_URL_OPENAI: providerUrl,
    OPENAI_CONCURRENCY: '1000',
    CALLS_PER_USER: '1000',
    ...settings,
  })
  const [asker] = await makeAskers(mesh, 1)
  const made = await apiClient(mesh.url, asker?.token).post('/auth/api-keys', { name: 'bench' })
  await asker?.close()
  const line = openLine(mesh.url, '/v1/chat/completions', { authorization: `Bearer ${textAt(made.body, 'key')}` })
  return {
    name,
    pids: () => processTree(mesh.pid),
    ask: (shape) => line.ask('gpt5', shape),
    async close() {
      await line.close()
      await mesh.close()
    },
  }
}

async function portkey(providerUrl: string): Promise<Contestant> {
  const port = await freePort()
  const child = spawnNode({
    args: ['bench/portkey.ts', `--port=${port}`, '--headless'],
    environment: { NODE_ENV: 'production' },
  })
  await untilWritten(child, /Ready for connections/)
  const line = openLine(`http://127.0.0.1:${port}`, '/v1/chat/completions', {
    authorization: 'Bearer sk-bench',
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `${providerUrl}/v1`,
  })
  return {
    name: 'Portkey 1.15.2',
    pids: () => [child.pid],
    ask: (shape) => line.ask('gpt-5.6-terra', shape),
    async close() {
      await line.close()
      await child.kill()
    },
  }
}

function direct(providerUrl: string): Contestant {
  const line = openLine(providerUrl, '/v1/chat/completions', {})
  return { name: 'direct', pids: () => [], ask: (shape) => line.ask('gpt-5.6-terra', shape), close: () => line.close() }
}

/** A client; whatever is not whole is thrown. */
function openLine(url: string, path: string, own: Record<string, string>) {
  const pool = new Pool(url, { connections: 256, pipelining: 1 })
  const headers = { ...own, 'content-type': 'application/json' }
  return {
    async ask(model: string, { body }: Shape): Promise<void> {
      const answer = await pool.request({ method: 'POST', path, headers, body: JSON.stringify({ model, ...body }) })
      const text = await answer.body.text()
      const whole =
        'stream' in body
          ? text.endsWith('data: [DONE]\n\n') && text.split('"content":" and').length === 51
          : text.includes('chat.completion')
      if (answer.statusCode !== 200 || !whole)
        throw new Error(`${url} answered ${answer.statusCode}: ${text.slice(-300)}`)
    },
    close: () => pool.close(),
  }
}
