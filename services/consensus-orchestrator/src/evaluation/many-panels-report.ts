import type { PanelOutcome } from './many-panels.ts'
import { signed, table } from './report.ts'

const point = 0.01

/** One row in Markdown for each data set; below it the panels that are a point or more below the majority. */
export function panelsTable(outcomes: readonly PanelOutcome[]): string {
  const head = [
    'set',
    'panels',
    'against majority: lowest, median, highest',
    'a point below',
    'surely so',
    'ECE: median, highest',
    'of the majority',
    'thrifty: lowest, median',
    'its calls of 5: mean, highest',
  ]
  const bySet = [...Map.groupBy(outcomes, ({ dataset }) => dataset)]
  const below = outcomes.filter(isBelow).map(({ dataset, models, againstMajority: { mean, low, high } }) => {
    return `${dataset}: ${signed(mean)} (${signed(low)} to ${signed(high)}) ${models.join(',')}`
  })
  return [
    table(
      head,
      bySet.map(([name, own]) => rowOf(name, own)),
    ),
    ...below,
  ].join('\n')
}

function rowOf(name: string, outcomes: readonly PanelOutcome[]): string[] {
  const gaps = sorted(outcomes.map(({ againstMajority }) => againstMajority.mean))
  const thrifty = sorted(outcomes.map((outcome) => outcome.thrifty))
  const ofFive = sorted(outcomes.filter(({ models }) => models.length === 5).map(({ calls }) => calls))
  const errors = (of: 'ece' | 'eceOfMajority') => {
    const ranked = sorted(outcomes.map((outcome) => outcome[of]))
    return `${middle(ranked).toFixed(3)}, ${last(ranked).toFixed(3)}`
  }
  const mean = ofFive.reduce((sum, calls) => sum + calls, 0) / Math.max(1, ofFive.length)
  return [
    name,
    String(outcomes.length),
    [gaps[0] ?? 0, middle(gaps), last(gaps)].map(signed).join(', '),
    String(outcomes.filter(isBelow).length),
    String(outcomes.filter(({ againstMajority }) => againstMajority.high < -point).length),
    errors('ece'),
    errors('eceOfMajority'),
    [thrifty[0] ?? 0, middle(thrifty)].map(signed).join(', '),
    ofFive.length === 0 ? '' : `${mean.toFixed(2)}, ${last(ofFive).toFixed(2)}`,
  ]
}

/** By more than a point. */
function isBelow({ againstMajority }: PanelOutcome): boolean {
  return againstMajority.mean < -point
}

function sorted(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b)
}

function middle(ranked: readonly number[]): number {
  return ranked[Math.floor(ranked.length / 2)] ?? 0
}

function last(ranked: readonly number[]): number {
  return ranked.at(-1) ?? 0
}
