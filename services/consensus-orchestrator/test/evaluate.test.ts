import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { recordedLines } from './ballot-builders.ts'

const entry = fileURLToPath(new URL('../src/evaluate.ts', import.meta.url))
const models = ['gpt-4o', 'claude-3-haiku', 'gemini-pro'].map((model, index) => ({ model, accuracy: 0.9 - index / 10 }))
const panel = models.map(({ model }) => model).join(',')
const share = z.number().min(0).max(1)
const Output = z.strictObject({
  datasets: z.record(
    z.string(),
    z.strictObject({
      questions: z.int(),
      rules: z.record(
        z.string(),
        z.strictObject({
          accuracy: share,
          low: share,
          high: share,
          brier: share,
          ece: share,
          calls: z.number(),
          contested: share,
        }),
      ),
      models: z.record(z.string(), z.strictObject({ accuracy: share, answered: share })),
    }),
  ),
})

let folder = ''
let ballots = ''

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ballots-'))
  ballots = path.join(folder, 'two.jsonl')
  const lines = [...recordedLines('one', 80, models), '{"id": 3', '', ...recordedLines('two', 40, models)]
  await writeFile(ballots, `${lines.join('\n')}\n`)
  await writeFile(`${ballots}.gz`, gzipSync(lines.join('\r\n')))
  await writeFile(path.join(folder, 'empty.jsonl'), 'nothing\n')
})

afterAll(() => rm(folder, { recursive: true }))

async function evaluate(...args: string[]): Promise<{ code: number | null; output: string; complaint: string }> {
  const child = spawn(process.execPath, ['--conditions=@concord/source', '--no-warnings', entry, ...args])
  let [output, complaint] = ['', '']
  child.stdout.on('data', (piece: Buffer) => (output += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (complaint += piece.toString()))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, output, complaint }
}

describe('the command', () => {
  test('prints one JSON object with every rule, and says on the side what it could not read', async () => {
    const { code, output, complaint } = await evaluate('--ballots', ballots, '--panel', panel, '--json')
    const { datasets } = Output.parse(JSON.parse(output))

    expect(code).toBe(0)
    expect(complaint).toBe(`1 line of ${ballots} could not be used (line 81: not JSON).\n`)
    expect(Object.keys(datasets)).toEqual(['one', 'two'])
    expect(datasets['one']?.questions).toBe(80)
    expect(Object.keys(datasets['two']?.rules ?? {})).toEqual([
      'concord',
      'thrifty',
      'majority',
      'confidence',
      'reconcile',
      'em',
    ])
    expect(Object.keys(datasets['two']?.models ?? {})).toEqual(panel.split(','))
  })

  test('reads packed files, and gives the same figures for them', async () => {
    const args = ['--panel', panel, '--rule', 'concord', '--json', '--folds', '5']
    const [plain, packed] = await Promise.all([
      evaluate('--ballots', ballots, ...args),
      evaluate('--ballots', `${ballots}.gz`, ...args),
    ])

    expect(packed.output).toBe(plain.output)
  })

  test('scores what is left of the anchors', async () => {
    const args = ['--panel', panel, '--rule', 'majority,em', '--json', '--anchors', '30', '--domain-anchors', ballots]
    const { output } = await evaluate('--ballots', ballots, ...args)
    const { datasets } = Output.parse(JSON.parse(output))

    expect(datasets['one']?.questions).toBe(50)
    expect(Object.keys(datasets['one']?.rules ?? {})).toEqual(['majority', 'em'])
  })

  test('draws one diagram for each rule and data set', async () => {
    const diagrams = path.join(folder, 'diagrams')
    const { output } = await evaluate('--ballots', ballots, '--panel', panel, '--rule', 'concord', '--svg', diagrams)

    expect(output).toContain('| concord |')
    expect((await readdir(diagrams)).toSorted()).toEqual(['one-concord.svg', 'two-concord.svg'])
    expect(await readFile(path.join(diagrams, 'one-concord.svg'), 'utf8')).toMatch(
      /^<svg [\s\S]*<circle [\s\S]*<\/svg>\n$/,
    )
  })
})

describe('what is wrong is said in one sentence', () => {
  test.each([
    [
      ['--ballots', 'FILE', '--panel', 'gpt-4o,nobody'],
      /has no answers of nobody; it has those of claude-3-haiku, gemini-pro, gpt-4o\.$/,
    ],
    [['--panel', 'gpt-4o'], /^Name the file of ballots: --ballots FILE\.jsonl\.$/],
    [['--ballots', 'FILE'], /^Name the models of the panel: --panel a,b,c\.$/],
    [['--ballots', 'FILE', '--panel', 'gpt-4o', '--rule', 'best'], /^There is no rule best; there are concord, /],
    [
      ['--ballots', 'FILE', '--panel', 'gpt-4o', '--folds', '1'],
      /^--folds takes a whole number from 2 to 1000, not 1\.$/,
    ],
    [
      ['--ballots', 'FILE', '--panel', 'gpt-4o', '--folds', '5', '--anchors', '5'],
      /^Take either --folds or --anchors\.$/,
    ],
    [['--ballots', 'FILE', '--panel', 'gpt-4o', '--domain-anchors', 'x'], /^--domain-anchors goes with --anchors\.$/],
    [
      ['--ballots', 'FILE', '--panel', 'gpt-4o', '--families', 'gpt-4o'],
      /^A family is given as model=family, not as gpt-4o\.$/,
    ],
    [['--ballots', 'FILE', '--panel', 'gpt-4o', '--families', 'x=y'], /^--families names x, not of the panel\.$/],
    [['--ballots', 'FILE', '--speed'], /^Unknown option '--speed'\.$/],
    [['--ballots', 'EMPTY', '--panel', 'gpt-4o'], /empty\.jsonl holds no ballots \(line 1: not JSON\)\.$/],
    [['--ballots', 'NONE', '--panel', 'gpt-4o'], /none\.jsonl could not be read: there is no such file/],
  ])('%j', async (args, sentence) => {
    const files: Record<string, string> = { FILE: 'two.jsonl', EMPTY: 'empty.jsonl', NONE: 'none.jsonl' }
    const { code, output, complaint } = await evaluate(
      ...args.map((arg) => (files[arg] === undefined ? arg : path.join(folder, files[arg]))),
    )

    expect(code).toBe(1)
    expect(output).toBe('')
    expect(complaint.trimEnd()).toMatch(sentence)
    expect(complaint.trimEnd()).not.toContain('\n')
  })
})
