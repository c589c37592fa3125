import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordedLines } from '../../test/ballot-builders.ts'
import { panelsTable } from './many-panels-report.ts'
import { evaluateManyPanels, type PanelOutcome } from './many-panels.ts'

const models = ['gpt', 'claude', 'gemini', 'grok', 'qwen'].map((model, at) => ({ model, accuracy: 0.9 - 0.1 * at }))

let folder = ''
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'panels-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

async function outcomesOf(count: number, panels: number, seed: number): Promise<PanelOutcome[]> {
  const file = path.join(folder, `${count}.jsonl`)
  await writeFile(file, recordedLines('set', 60, models.slice(0, count)).join('\n'))
  const outcomes: PanelOutcome[] = []
  for await (const outcome of evaluateManyPanels({ file, panels, seed, method: { folds: 5 } })) outcomes.push(outcome)
  return outcomes
}

test('draws the same panels for the same seed, of three models or more, none of them twice', async () => {
  const outcomes = await outcomesOf(5, 6, 7)

  expect(outcomes.map((outcome) => outcome.models.length)).toEqual([3, 4, 5, 5, 5, 5])
  for (const outcome of outcomes) expect(new Set(outcome.models).size).toBe(outcome.models.length)
  expect(await outcomesOf(5, 6, 7)).toEqual(outcomes)
  expect((await outcomesOf(5, 6, 8)).map((outcome) => outcome.models)).not.toEqual(outcomes.map((one) => one.models))
})

test('refuses a file of fewer than three models', async () => {
  await expect(outcomesOf(2, 1, 1)).rejects.toThrow('has answers of 2 models; panels take 3')
})

test('names each panel that is more than a point below the majority', () => {
  const some = { dataset: 'set', questions: 1_000, ece: 0.01, eceOfMajority: 0.05, thrifty: 0, calls: 2.5 }
  const outcome = (models: string[], mean: number): PanelOutcome => ({
    ...some,
    models,
    againstMajority: { mean, low: mean - 0.01, high: mean + 0.01 },
  })
  const lines = panelsTable([outcome(['a', 'b', 'c'], -0.025), outcome(['a', 'b', 'd'], 0.004)]).split('\n')

  expect(lines[2]).toMatch(/set +\| +2 \| +−2.5, \+0.4, \+0.4 \| +1 \| +1 \|/)
  expect(lines.slice(3)).toEqual(['set: −2.5 (−3.5 to −1.5) a,b,c'])
})
