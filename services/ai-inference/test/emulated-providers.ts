import { startEmulators } from '@concord/emulators/server'
import type { EmulatorOptions } from '@concord/emulators/server'

export type FaultRule = {
  provider?: string
  purpose?: string
  times?: number
  fault: { kind: string; [setting: string]: unknown }
}

type EmulatedRequest = { provider: string; purpose: string; outcome: string }

/** The four providers on the loopback interface, quick unless told otherwise, with a way to make them fail. */
export async function emulatedProviders(options: EmulatorOptions = {}) {
  const emulators = await startEmulators({ pace: 'instant', ...options })
  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${emulators.controlUrl}${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.status === 204 ? undefined : response.json()
  }
  const requests = async (): Promise<EmulatedRequest[]> => {
    const answer = await control('GET', '/requests')
    return typeof answer === 'object' && answer !== null && 'data' in answer && Array.isArray(answer.data)
      ? answer.data
      : []
  }
  return {
    urls: emulators.urls,
    fail: (rule: FaultRule) => control('POST', '/faults', rule),
    heal: () => control('DELETE', '/faults'),
    requests,
    /** Without the calls for embeddings. */
    answers: async () => (await requests()).filter(({ purpose }) => purpose !== 'embedding'),
    clear: () => control('DELETE', '/requests'),
    close: () => emulators.close(),
  }
}
