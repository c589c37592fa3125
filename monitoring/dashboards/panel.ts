/** What a panel shows, before it has a place. `unit` is one of Grafana's unit ids. */
export type Panel = {
  title: string
  description: string
  kind: 'timeseries' | 'stat' | 'table' | 'bargauge'
  unit: string
  /** Columns of 24. */
  width: number
  height: number
  queries: readonly Query[]
  /** Where green ends and where yellow does, of `stat` and `bargauge`. */
  limits: readonly [number, number] | undefined
}

export type Query =
  | { language: 'promql'; expr: string; legend: string; instant: boolean }
  | { language: 'sql'; sql: string }

export type Row = { title: string; panels: readonly Panel[] }
export type Dashboard = { uid: string; title: string; description: string; from: string; rows: readonly Row[] }

type Figures = Record<string, string>

/** Lines over time. `figures` are expressions by legend, such as `{{service}}`. */
export function lines(title: string, unit: string, figures: Figures, description = '', width = 8): Panel {
  return {
    title,
    description,
    kind: 'timeseries',
    unit,
    width,
    height: 8,
    queries: promql(figures, false),
    limits: undefined,
  }
}

/** One number as of now. */
export function figure(
  title: string,
  unit: string,
  expr: string,
  limits?: readonly [number, number],
  description = '',
): Panel {
  return { title, description, kind: 'stat', unit, width: 4, height: 4, queries: promql({ '': expr }, true), limits }
}

/** A bar for each series as of now. */
export function bars(
  title: string,
  unit: string,
  figures: Figures,
  limits?: readonly [number, number],
  width = 8,
): Panel {
  return { title, description: '', kind: 'bargauge', unit, width, height: 8, queries: promql(figures, true), limits }
}

/** Rows of the usage views. */
export function sqlTable(title: string, sql: string, description = '', width = 12): Panel {
  return {
    title,
    description,
    kind: 'table',
    unit: 'short',
    width,
    height: 10,
    queries: [{ language: 'sql', sql }],
    limits: undefined,
  }
}

/** Columns `time`, `metric` and `value` of the usage views, over time. */
export function sqlLines(title: string, unit: string, sql: string, width = 12): Panel {
  return {
    title,
    description: '',
    kind: 'timeseries',
    unit,
    width,
    height: 8,
    queries: [{ language: 'sql', sql }],
    limits: undefined,
  }
}

/** A row for each series as of now. */
export function seriesTable(title: string, expr: string, width = 24): Panel {
  return {
    title,
    description: '',
    kind: 'table',
    unit: 'short',
    width,
    height: 8,
    queries: promql({ '': expr }, true),
    limits: undefined,
  }
}

function promql(figures: Figures, instant: boolean): Query[] {
  return Object.entries(figures).map(([legend, expr]) => ({ language: 'promql', expr, legend, instant }))
}
