import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { z } from 'zod'
import { reasonOf } from '../reach.ts'

export type Replica = {
  service: string
  url: string
  /** `unready`: alive, and it says that it cannot serve. */
  state: 'up' | 'unready' | 'down'
  version: string | null
  uptime_s: number | null
  /** Why it is not up. */
  reason: string | null
}

const timeoutMs = 10_000
const Health = z.object({ uptime: z.number() })
const Document = z.object({ info: z.object({ version: z.string().max(100) }) })
const Problem = z.object({ detail: z.string().max(500) })

/** Every replica that the name behind an address stands for, each asked by itself. A name that nobody has is one replica that is down. */
export async function replicasOf(service: string, url: string): Promise<Replica[]> {
  try {
    const addresses = await eachOf(url)
    return await Promise.all(addresses.map((address) => look(service, address)))
  } catch (error) {
    return [{ service, url, state: 'down', version: null, uptime_s: null, reason: `no such name (${reasonOf(error)})` }]
  }
}

/** Only plain HTTP goes to an IP address: a certificate is for the name. */
async function eachOf(text: string): Promise<string[]> {
  const url = new URL(text)
  const { hostname } = url
  if (url.protocol !== 'http:' || hostname === 'localhost' || isIP(hostname.replaceAll(/[[\]]/g, '')) > 0) {
    return [url.origin]
  }
  const found = await lookup(hostname, { all: true })
  const addresses = [...new Set(found.map(({ address }) => address))].toSorted()
  return addresses.map((address) => {
    url.hostname = address.includes(':') ? `[${address}]` : address
    return url.origin
  })
}

async function look(service: string, url: string): Promise<Replica> {
  try {
    const health = await get(`${url}/health`)
    if (!health.ok) return { ...blank(service, url), reason: `/health answers ${health.status}` }
    const [ready, document] = await Promise.all([get(`${url}/ready`), get(`${url}/openapi.json`)])
    const uptime = Health.safeParse(health.body).data?.uptime
    return {
      service,
      url,
      state: ready.ok ? 'up' : 'unready',
      version: Document.safeParse(document.body).data?.info.version ?? null,
      uptime_s: uptime === undefined ? null : Math.round(uptime),
      reason: ready.ok ? null : (Problem.safeParse(ready.body).data?.detail ?? `/ready answers ${ready.status}`),
    }
  } catch (error) {
    return { ...blank(service, url), reason: reasonOf(error) }
  }
}

function blank(service: string, url: string): Replica {
  return { service, url, state: 'down', version: null, uptime_s: null, reason: null }
}

async function get(url: string): Promise<{ ok: boolean; status: number; body: unknown }> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'manual' })
  const text = await response.text()
  return { ok: response.ok, status: response.status, body: parsed(text) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
