import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { spawnNode } from '@concord/testing/node-process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'

const seed = 1_860
const minutes = 3

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'concord-chaos-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const findings = z.array(z.looseObject({ what: z.string(), detail: z.string() }))
const Report = z.looseObject({
  verdict: z.looseObject({
    accepted: z.int(),
    completed: z.int(),
    failedHonestly: z.int(),
    lost: findings,
    doubled: findings,
    miscounted: findings,
    stuck: findings,
    gaps: findings,
    askedAgain: findings,
  }),
  faults: z.array(z.looseObject({ name: z.string(), failure: z.string().optional() })),
  surprises: z.array(z.string()),
})

test('processes, servers, network, providers and clocks fail under load, and nothing that was accepted is lost, doubled, counted twice or stuck', async () => {
  const args = ['test/chaos/main.ts', '--minutes', String(minutes), '--seed', String(seed), '--report', folder]
  const run = spawnNode({ args: ['--conditions=@concord/source', ...args], environment: {} })
  const { code } = await run.exited
  const written = await readFile(path.join(folder, 'report.json'), 'utf8').catch(() => undefined)
  if (written === undefined) throw new Error(`the run ended with ${code}:\n${run.stdout()}${run.stderr()}`)
  const { verdict, faults, surprises } = Report.parse(JSON.parse(written))

  expect(verdict).toMatchObject({ lost: [], doubled: [], miscounted: [], stuck: [], gaps: [] })
  expect(verdict.completed + verdict.failedHonestly).toBe(verdict.accepted)
  expect(verdict.accepted).toBeGreaterThan(0)
  expect(faults.length).toBeGreaterThan(3)
  expect(faults.filter(({ failure }) => failure !== undefined)).toEqual([])
  expect(surprises).toEqual([])
  expect(await readFile(path.join(folder, 'report.html'), 'utf8')).toContain('clean')
  expect(code).toBe(0)
})
