import { setTimeout as sleep } from 'node:timers/promises'
import { apiClient, registerUser, submitQuery, textAt } from '@concord/testing/api-client'
import type { ApiClient } from '@concord/testing/api-client'
import { emulatorControl } from '@concord/testing/emulator-control'
import { openSocket } from '@concord/testing/live-reader'
import { completedResults, untilEnded } from '../e2e/deliberations.ts'
import type { Fleet } from '../e2e/fleet.ts'

/** One of each thing that the services count: answers, refusals, failures, direct calls, feedback and a held socket. */
export async function makeTraffic(fleet: Fleet): Promise<{ stop(): Promise<void> }> {
  const { api } = await registerUser(apiClient(fleet.url))
  const first = await submitQuery(api, { query: 'What is 17 * 23?' })
  await completedResults(api, first)
  await api.post(`/queries/${first}/feedback`, { correct: true })
  await api.post('/queries', { query: '' })
  await callDirectly(fleet.url, api)
  await failOnce(fleet, api)
  await useUpTheDay(api)
  const socket = await openSocket(api, `/ws/${first}`)
  return { stop: async () => socket.close() }
}

async function callDirectly(url: string, api: ApiClient): Promise<void> {
  const made = await api.post('/auth/api-keys', { name: 'a client' })
  const body = { model: 'gpt5', messages: [{ role: 'user', content: 'What is 2 + 2?' }] }
  const answer = await apiClient(url).call('POST', `${url}/v1/chat/completions`, {
    body,
    headers: { authorization: `Bearer ${textAt(made.body, 'key')}` },
  })
  if (answer.status !== 200) throw new Error(`a direct call answered ${answer.status}: ${answer.text}`)
  // Usage is written a moment after the answer.
  await sleep(1_500)
}

async function failOnce(fleet: Fleet, api: ApiClient): Promise<void> {
  const control = emulatorControl(fleet.emulators)
  await control.fault({ fault: { kind: 'server_error' } })
  try {
    await untilEnded(api, await submitQuery(api, { query: 'What is 5 + 6?', models: ['gpt5', 'claude'] }))
  } finally {
    await control.reset()
  }
}

async function useUpTheDay(api: ApiClient): Promise<void> {
  for (let n = 0; n < 12; n++) {
    const { status } = await api.post('/queries', { query: `What is ${n} + 1?`, models: ['gpt5', 'claude'] })
    if (status === 429) return
  }
  throw new Error('a free plan’s day had no end')
}
