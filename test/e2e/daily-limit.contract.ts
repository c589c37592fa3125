import { apiClient, memberOf, registerUser } from '@concord/testing/api-client'
import type { MeshProcess } from '@concord/testing/mesh-process'
import { describe, expect, test } from 'vitest'
import * as page from './api-page.ts'

/** A plan's queries a day. */
export function dailyLimit(meshOf: () => MeshProcess): void {
  describe('the day’s queries of a free plan', () => {
    test('let exactly ten of fifty pass that come at once, and count and queue nothing of the others', async () => {
      const { api } = await registerUser(apiClient(meshOf().url))

      const answers = await Promise.all(
        Array.from({ length: 50 }, (_, n) => api.post('/queries', { query: `What is ${n} + 1?`, models: ['gpt5'] })),
      )

      const passed = answers.filter(({ status }) => status === 202)
      const refused = answers.filter(({ status }) => status !== 202)
      expect(passed).toHaveLength(10)
      const usages = passed.map(({ body }) => page.accepted.parse(body).daily_usage)
      expect(usages.map(({ current }) => current).toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
      for (const { status, headers, body } of refused) {
        expect(status).toBe(429)
        expect(headers.get('content-type')).toContain('application/problem+json')
        expect(page.problem.parse(body).status).toBe(429)
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
        expect(headers.get('ratelimit-limit')).toBe('10')
        expect(headers.get('ratelimit-remaining')).toBe('0')
        expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(0)
      }
      const { data } = page.page.parse((await api.get('/queries?limit=100')).body)
      expect(data).toHaveLength(10)
      expect((await api.get('/user/stats')).body).toMatchObject({ today: { queries_count: 10 }, total_queries: 10 })
    })

    test('are spent by the tenth, one after the other, and the eleventh is refused', async () => {
      const { api } = await registerUser(apiClient(meshOf().url))
      const statuses: number[] = []
      for (let n = 0; n < 11; n += 1)
        statuses.push((await api.post('/queries', { query: `What is ${n} + 2?`, models: ['gpt5'] })).status)

      expect(statuses).toEqual([...Array.from({ length: 10 }, () => 202), 429])
    })

    test('are not spent on what is refused for another reason', async () => {
      const { api } = await registerUser(apiClient(meshOf().url))
      const bad = await api.post('/queries', { query: 'What is 1 + 1?', models: ['nobody'] })
      const good = await api.post('/queries', { query: 'What is 1 + 1?', models: ['gpt5'] })

      expect(bad.status).toBe(400)
      expect(memberOf(good.body, 'daily_usage')).toEqual({ current: 1, limit: 10, remaining: 9 })
    })
  })
}
