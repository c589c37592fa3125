/** One line of a benchmark: what was measured of the two things it compares. `values` belong to the report's columns. */
export type Row = {
  what: string
  unit: string
  values: readonly (number | undefined)[]
  /** What the first value must be at most; with `of`, each of the values, or the ratio of the first two. */
  goal?: { atMost: number; of?: 'each' | 'ratio' }
  note?: string | undefined
}

export type Report = {
  name: string
  title: string
  columns: readonly string[]
  rows: readonly Row[]
  /** The first column over the second unless told. */
  ratio?: 'last to first' | 'none'
}

function ratioOf(row: Row, of: Report['ratio']): number | undefined {
  const [first, second] = of === 'last to first' ? [row.values.at(-1), row.values[0]] : row.values
  return first === undefined || second === undefined || second === 0 ? undefined : first / second
}

function isMet(row: Row, ratio: Report['ratio']): boolean | undefined {
  const { goal, values } = row
  if (!goal) return undefined
  const held = goal.of === 'ratio' ? [ratioOf(row, ratio)] : goal.of === 'each' ? values : values.slice(0, 1)
  return held.includes(undefined) ? undefined : held.every((value) => value !== undefined && value <= goal.atMost)
}

/** A Markdown table, so that what is printed can be kept as it is. */
export function toMarkdown({ title, columns, rows, ratio }: Report): string {
  const hasGoals = rows.some(({ goal }) => goal)
  const hasRatio = columns.length > 1 && ratio !== 'none'
  const head = ['', ...columns, ...(hasRatio ? [ratio ?? 'ratio'] : []), ...(hasGoals ? ['goal'] : [])]
  const lines = rows.map((row) => [
    row.unit === '' ? row.what : `${row.what} (${row.unit})`,
    ...columns.map((_, index) => inFigures(row.values[index])),
    ...(hasRatio ? [inFigures(ratioOf(row, ratio), 2)] : []),
    ...(hasGoals ? [goalOf(row, ratio)] : []),
  ])
  const table = [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`)
  const notes = rows.flatMap(({ what, note }) => (note ? [`- ${what}: ${note}`] : []))
  return [`### ${title}`, '', ...table, ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n')
}

function goalOf(row: Row, ratio: Report['ratio']): string {
  if (!row.goal) return ''
  return `${row.goal.of === undefined ? '' : `${row.goal.of} `}≤ ${row.goal.atMost}: ${isMet(row, ratio) ? 'met' : 'missed'}`
}

function inFigures(value: number | undefined, digits = value !== undefined && Math.abs(value) < 10 ? 2 : 1): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  return Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : value.toFixed(digits)
}
