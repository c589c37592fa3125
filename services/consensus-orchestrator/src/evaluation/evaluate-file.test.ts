import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { questionsFrom, recordedLines } from '../../test/ballot-builders.ts'
import { evaluateBallots, type Evaluation, type Plan } from './evaluate-ballots.ts'
import { evaluateFile } from './evaluate-file.ts'
import { nearestTo } from './nearest-name.ts'
import { toJson } from './report.ts'
import { ruleNames } from './rules.ts'
import { UsageError } from './usage-error.ts'

const models = ['gpt-4o', 'claude-3', 'grok'].map((model, at) => ({ model, accuracy: 0.9 - 0.2 * at }))
const lines = recordedLines('set', 400, models, { lure: 0.6 })
const plan: Plan = {
  models: models.map(({ model }) => ({ model, family: model })),
  rules: ruleNames,
  method: { folds: 10 },
  more: [],
}

let folder = ''
beforeAll(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'evaluate-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

async function written(name: string, content: string | Buffer): Promise<string> {
  const file = path.join(folder, name)
  await writeFile(file, content)
  return file
}

/** Sums in another order differ in their last digits. */
function figures(evaluation: Evaluation): unknown {
  return JSON.parse(JSON.stringify(toJson(evaluation)), (_key, value: unknown) =>
    typeof value === 'number' ? Number(value.toFixed(9)) : value,
  )
}

const inMemory = (plan: Plan) =>
  evaluateBallots(
    questionsFrom(
      lines,
      models.map(({ model }) => model),
    ),
    plan,
  )

describe('a file', () => {
  test.each([{ folds: 10 }, { anchors: 30 }])('gives what its questions give, packed or not, %o', async (method) => {
    const plain = await written('plain.jsonl', lines.join('\n'))
    const packed = await written('packed.data', gzipSync(`\uFEFF${lines.join('\r\n')}\r\n\r\n`))
    const expected = figures(inMemory({ ...plan, method }))

    expect(figures((await evaluateFile({ ...plan, method, file: plain })).evaluation)).toEqual(expected)
    expect(figures((await evaluateFile({ ...plan, method, file: packed })).evaluation)).toEqual(expected)
  })

  test('longer than what is kept of it is scored whole, with rules that learned from a part', async () => {
    const file = await written('long.jsonl', lines.join('\n'))
    const { evaluation } = await evaluateFile({ ...plan, file, mostPerDataset: 50 })
    const [whole, part] = [inMemory(plan).get('set'), evaluation.get('set')]

    expect(part?.questions).toBe(400)
    expect(part?.rules.get('majority')).toEqual(whole?.rules.get('majority'))
    expect(part?.rules.get('concord')?.right).toBeGreaterThan(part?.rules.get('majority')?.right ?? 400)
  })

  test('of copies teaches each of them once, where not all are kept', async () => {
    const file = await written('copies.jsonl', Array.from({ length: 10 }, () => lines.join('\n')).join('\n'))
    const { evaluation } = await evaluateFile({ ...plan, file, mostPerDataset: 1_000 })
    const [once, copied] = [
      inMemory(plan).get('set')?.rules.get('concord'),
      evaluation.get('set')?.rules.get('concord'),
    ]

    expect(copied?.right).toBe(10 * (once?.right ?? 0))
  })

  test('is used as far as it can be read, and tells how far', async () => {
    const broken = ['{"id":', '[]', '{"id": 1}', '{"id": 1, "gold": "A"}', '{"gold": "A", "finals": {}}', 'null', '']
    const file = await written(
      'broken.jsonl',
      [...broken, ...lines, '{"id": 2, "gold": "A", "answers": [{}]}'].join('\n'),
    )
    const { evaluation, reading } = await evaluateFile({ ...plan, file })

    expect(evaluation.get('set')?.questions).toBe(400)
    expect(reading).toMatchObject({ unreadable: 7, first: 'line 1: not JSON' })
  })

  test.each([
    ['that is not there', undefined, 'there is no such file'],
    ['without ballots', 'hello\n', 'holds no ballots (line 1: not JSON)'],
    ['that is empty', '', 'holds no ballots'],
    ['cut off', gzipSync(lines.join('\n')).subarray(0, 2_000), 'it ends in the middle'],
  ])('%s is refused', async (name, content, message) => {
    const file = content === undefined ? path.join(folder, 'none') : await written(`${name}.jsonl`, content)
    const refusal = await evaluateFile({ ...plan, file }).catch((error: unknown) => error)

    expect(refusal).toBeInstanceOf(UsageError)
    expect(String(refusal)).toContain(message)
  })

  test.each([[['majority']], [['concord']]] as const)('that a model is not in is refused by %s', async (rules) => {
    const file = await written('strangers.jsonl', lines.join('\n'))
    const strangers = ['claude-3-opus', 'o3'].map((model) => ({ model, family: model }))

    await expect(evaluateFile({ ...plan, rules, models: strangers, file })).rejects.toThrow(
      'has no answers of claude-3-opus (claude-3?), o3; it has those of claude-3, gpt-4o, grok.',
    )
  })
})

test('a mistyped name is that of the model most like it', () => {
  const known = ['gpt-4o-2024-08-06', 'gpt-4o-mini-2024-07-18', 'Meta-Llama-3.1-8B-Instruct', 'grok-2-1212']

  expect(nearestTo('gpt4o-2024-08-06', known)).toBe('gpt-4o-2024-08-06')
  expect(nearestTo('llama-3.1-8b', known)).toBe('Meta-Llama-3.1-8B-Instruct')
  expect(nearestTo('grok2', known)).toBe('grok-2-1212')
  expect(nearestTo('claude', known)).toBeUndefined()
  expect(nearestTo('é', [])).toBeUndefined()
})
