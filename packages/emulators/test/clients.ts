import Anthropic from '@anthropic-ai/sdk'
import { GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { z } from 'zod'
import { type EmulatorOptions, emulatorKeys, startEmulators } from '../src/server.ts'

/** The emulators with each provider's own SDK pointed at them, without retries unless asked for. */
export async function startClients(o: EmulatorOptions = {}, maxRetries = 0) {
  const emulators = await startEmulators({ pace: 'instant', wrongRate: 0, ...o })
  const { urls, controlUrl } = emulators
  return {
    ...emulators,
    openai: new OpenAI({ baseURL: `${urls.openai}/v1`, apiKey: emulatorKeys.openai, maxRetries }),
    xai: new OpenAI({ baseURL: `${urls.xai}/v1`, apiKey: emulatorKeys.xai, maxRetries }),
    anthropic: new Anthropic({ baseURL: urls.anthropic, apiKey: emulatorKeys.anthropic, maxRetries }),
    gemini: new GoogleGenAI({ apiKey: emulatorKeys.gemini, httpOptions: { baseUrl: urls.gemini } }),
    control: (path: string, method: 'POST' | 'DELETE', body?: object) =>
      fetch(`${controlUrl}${path}`, {
        method,
        ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
      }),
    requests: async () => Requests.parse(await (await fetch(`${controlUrl}/requests`)).json()).data,
  }
}

const Requests = z.object({ data: z.array(z.looseObject({ planned_ms: z.number() })) })

export type Clients = Awaited<ReturnType<typeof startClients>>
