import { expect, test } from 'vitest'
import { reliabilityDiagram } from './reliability-diagram.ts'
import { addTo, noScores } from './scores.ts'

function scoresOf(conclusions: readonly { confidence: number; right: boolean }[]) {
  const scores = noScores()
  for (const conclusion of conclusions) addTo(scores, { ...conclusion, calls: 1, contested: false })
  return scores
}

test('there is a point, with its interval, for each confidence that was stated', () => {
  const sure = Array.from({ length: 90 }, (_, index) => ({ confidence: 0.95, right: index % 10 !== 0 }))
  const unsure = Array.from({ length: 10 }, (_, index) => ({ confidence: 0.55, right: index % 2 === 0 }))
  const svg = reliabilityDiagram('a set', scoresOf([...sure, ...unsure]))

  expect(svg.match(/<circle /g)).toHaveLength(2)
  expect(svg.match(/class="bar"/g)).toHaveLength(2)
  expect(svg).toContain('<title>90 at 0.950: 0.900 right</title>')
  expect(svg).not.toMatch(/NaN|Infinity|undefined/)
})

test('a name from a file stays text, and nothing scored is an empty diagram', () => {
  const svg = reliabilityDiagram('<script>&"', noScores())

  expect(svg).toContain('&lt;script&gt;&amp;')
  expect(svg).not.toMatch(/<script|<circle|NaN/)
})
