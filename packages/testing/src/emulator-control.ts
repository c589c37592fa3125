import { z } from 'zod'

const Requests = z.object({
  data: z.array(
    z.object({
      id: z.int(),
      provider: z.string(),
      model: z.string(),
      purpose: z.string(),
      question_hash: z.string(),
      at: z.string(),
      outcome: z.string(),
      fault: z.string().nullable(),
    }),
  ),
})
export type EmulatedRequest = z.output<typeof Requests>['data'][number]

export type EmulatorControl = {
  fault(rule: { provider?: string; purpose?: string; times?: number; fault: object }): Promise<void>
  /** A model that is wrong on a share of the questions (`rate`, 0–1), and lies about it where `liar` is set. */
  wrong(rule: { model: string; rate: number; liar?: boolean; tactic?: string }): Promise<void>
  /** No faults and no liars; what was asked stays known. */
  heal(): Promise<void>
  /** No faults, no liars, nothing remembered. */
  reset(): Promise<void>
  requests(): Promise<EmulatedRequest[]>
}

/** Drives emulated providers by their control routes. */
export function emulatorControl(url: string): EmulatorControl {
  const call = async (method: string, path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}/__control${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } } : {}),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`the emulators answered ${response.status} to ${method} ${path}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  return {
    fault: async (rule) => void (await call('POST', '/faults', rule)),
    wrong: async (rule) => void (await call('POST', '/wrong', rule)),
    heal: async () => {
      for (const path of ['/faults', '/wrong']) await call('DELETE', path)
    },
    reset: async () => {
      for (const path of ['/faults', '/wrong', '/requests']) await call('DELETE', path)
    },
    requests: async () => Requests.parse(await call('GET', '/requests')).data,
  }
}
