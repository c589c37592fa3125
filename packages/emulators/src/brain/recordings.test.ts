import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { OpeningAnswer } from '@concord/contracts/turns'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startClients } from '../../test/clients.ts'
import { openingSchema, prompt } from '../../test/prompts.ts'
import { extractFinal } from './extract-final.ts'
import { readRecordings } from './recordings.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recordings-'))
})
afterAll(() => rm(folder, { recursive: true }))

const line = {
  question: 'How many  integers satisfy both?',
  answers: [
    {
      model: 'openai/gpt-4.1',
      answer_text: 'First, x > 6.\n\nThen x < -6.\n\nFINAL ANSWER: \\boxed{-15}',
      confidence: 0.9,
    },
    { model: 'claude', answer_text: 'It is fifteen.', final: '15' },
  ],
}

test.each([
  ['so it is \\boxed{\\text{B}}.', 'B'],
  ['**Final Answer:** 42.', '42'],
  ['The answer is (C) because of it', 'C'],
  ['\\boxed{\\frac{1}{2}} and then \\boxed{\\frac{3}{4}}', '\\frac{3}{4}'],
  ['FINAL ANSWER: \\boxed{FINAL ANSWER: E}', 'E'],
  ['First 9 eggs.\n\nTherefore, Josh made a profit of \\$70,000.', '70000'],
  ['In total, it takes **3 bolts** (2 blue + 1 white).', '3'],
  ['I do not know', null],
])('finds the final answer of %j', (text, final) => {
  expect(extractFinal(text)).toBe(final)
})

describe('playback', () => {
  test('answers an opening with what the family’s model said then, and others from the brain', async () => {
    const path = join(folder, 'one.jsonl')
    await writeFile(path, `${JSON.stringify(line)}\n\n`)
    const clients = await startClients({ recordings: path })
    const input = prompt({ QUESTION: 'how many integers satisfy both' })
    const text = { format: { type: 'json_schema' as const, name: 'opening_answer', schema: openingSchema } }
    const opening = OpeningAnswer.parse(
      JSON.parse((await clients.openai.responses.create({ model: 'gpt-5', input, text })).output_text),
    )
    const other = await clients.xai.responses.create({ model: 'grok-4', input, text })
    await clients.close()

    expect(opening).toMatchObject({ final: '-15', answer_type: 'number', confidence: 0.9 })
    expect(opening.reasoning).toEqual(['First, x > 6.', 'Then x < -6.', 'FINAL ANSWER: \\boxed{-15}'])
    expect(OpeningAnswer.parse(JSON.parse(other.output_text)).final).toBeNull()
  })

  test('prefers the very model over its family', async () => {
    const path = join(folder, 'two.jsonl')
    const answers = ['gpt-4.1', 'gpt-5'].map((model) => ({ model, answer_text: `The answer is ${model}` }))
    await writeFile(path, JSON.stringify({ question: 'Who?', answers }))
    const recordings = await readRecordings(path)

    expect(recordings('who', 'gpt-5')?.final).toBe('gpt-5')
    expect(recordings('WHO?', 'gpt5')?.final).toBe('gpt-4.1')
    expect(recordings('Who else?', 'gpt-5')).toBeUndefined()
  })

  test('does not start on a file that is not so, and names the line', async () => {
    const path = join(folder, 'bad.jsonl')
    await writeFile(path, `${JSON.stringify(line)}\n{"question": 7}\n`)

    await expect(readRecordings(path)).rejects.toThrow('line 2')
  })
})
