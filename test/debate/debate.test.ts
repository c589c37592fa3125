import { describe, expect, test } from 'vitest'
import { measureAll } from './measure.ts'
import { generateQuestions } from './questions.ts'

const questions = generateQuestions(500, 1)

function table(rows: ReturnType<typeof measureAll>): string {
  return rows
    .map(
      ({ truthful, tactic, withoutDebate, withDebate, questions: of }) =>
        `1 of ${truthful + 1} ${tactic}: ${withoutDebate} → ${withDebate} of ${of}`,
    )
    .join('\n')
}

test('the questions are 500 of five kinds, no two of a kind alike but for the few that are facts', () => {
  const byKind = Map.groupBy(questions, ({ kind }) => kind)

  expect([...byKind.values()].map((list) => list.length)).toEqual([100, 100, 100, 100, 100])
  expect(new Set(questions.map(({ text }) => text)).size).toBeGreaterThan(450)
})

describe('with one liar at the table, a debate is never worse than none', () => {
  test('among four truthful models and among three, whatever the liar tries, over 500 questions', () => {
    const rows = measureAll(questions, { seed: 1 })

    process.stdout.write(`${table(rows)}\n`)
    for (const row of rows) {
      expect(row).toMatchObject({ questions: 500, spoilt: 0 })
      expect(row.withDebate).toBeGreaterThanOrEqual(row.withoutDebate)
    }
    // The truthful err, and openings alone let the liar carry some questions: there was something to lose and to gain.
    expect(Math.max(...rows.map(({ withoutDebate }) => withoutDebate))).toBeLessThan(500)
    expect(Math.min(...rows.map(({ withoutDebate }) => withoutDebate))).toBeGreaterThan(250)
  })

  test('also where the truthful are wrong on two questions of five', () => {
    for (const row of measureAll(questions.slice(0, 50), { seed: 2, wrongRate: 0.4 }))
      expect(row.withDebate).toBeGreaterThanOrEqual(row.withoutDebate)
  })

  test('also where all others would give way to whoever presses them, since nothing that presses reaches them', () => {
    for (const row of measureAll(questions.slice(0, 50), { seed: 3, gullible: true }))
      expect(row.withDebate).toBeGreaterThanOrEqual(row.withoutDebate)
  })
})
