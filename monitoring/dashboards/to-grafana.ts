import type { Dashboard, Panel, Query } from './panel.ts'

type Json = Record<string, unknown>

/** A dashboard as Grafana's provisioning takes it: panels flow from left to right and wrap at 24 columns. */
export function toGrafana({ uid, title, description, from, rows }: Dashboard): Json {
  const panels: Json[] = []
  let y = 0
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { x: 0, y, w: 24, h: 1 },
      panels: [],
    })
    y += 1
    let x = 0
    let tallest = 0
    for (const panel of row.panels) {
      if (x + panel.width > 24) {
        x = 0
        y += tallest
        tallest = 0
      }
      panels.push({ id: panels.length + 1, gridPos: { x, y, w: panel.width, h: panel.height }, ...toPanel(panel) })
      x += panel.width
      tallest = Math.max(tallest, panel.height)
    }
    y += tallest
  }
  return {
    uid,
    title,
    description,
    tags: ['concord'],
    timezone: 'browser',
    schemaVersion: 39,
    editable: false,
    refresh: '30s',
    time: { from, to: 'now' },
    links: [
      { type: 'dashboards', tags: ['concord'], title: 'Concord', asDropdown: true, includeVars: false, keepTime: true },
    ],
    templating: { list: [] },
    annotations: { list: [alertAnnotation] },
    panels,
  }
}

const alertAnnotation = {
  name: 'Critical alerts',
  datasource: { type: 'prometheus', uid: 'prometheus' },
  enable: true,
  iconColor: 'red',
  expr: 'max by (alertname) (ALERTS{alertstate="firing",severity="critical"})',
  titleFormat: '{{alertname}}',
}

function toPanel({ kind, title, description, unit, queries, limits }: Panel): Json {
  const sql = queries.some(({ language }) => language === 'sql')
  const datasource = sql ? { type: 'postgres', uid: 'usage' } : { type: 'prometheus', uid: 'prometheus' }
  return {
    type: kind,
    title,
    description,
    datasource,
    targets: queries.map((query, index) => toTarget(query, index, kind)),
    fieldConfig: {
      defaults: { unit, min: unit === 'percentunit' ? 0 : undefined, ...thresholds(limits) },
      overrides: [],
    },
    options: options[kind],
  }
}

function toTarget(query: Query, index: number, kind: Panel['kind']): Json {
  const refId = String.fromCharCode(65 + index)
  if (query.language === 'sql')
    return {
      refId,
      datasource: { type: 'postgres', uid: 'usage' },
      format: kind === 'table' ? 'table' : 'time_series',
      rawQuery: true,
      editorMode: 'code',
      rawSql: query.sql,
    }
  const { expr, legend, instant } = query
  return {
    refId,
    datasource: { type: 'prometheus', uid: 'prometheus' },
    editorMode: 'code',
    expr,
    legendFormat: legend || '__auto',
    instant,
    range: !instant,
    ...(kind === 'table' ? { format: 'table' } : {}),
  }
}

function thresholds(limits: Panel['limits']): Json {
  if (!limits) return {}
  const [yellow, red] = limits
  const falling = red < yellow
  const steps = falling
    ? [
        { color: 'red', value: null },
        { color: 'yellow', value: red },
        { color: 'green', value: yellow },
      ]
    : [
        { color: 'green', value: null },
        { color: 'yellow', value: yellow },
        { color: 'red', value: red },
      ]
  return { color: { mode: 'thresholds' }, thresholds: { mode: 'absolute', steps } }
}

const reduce = { calcs: ['lastNotNull'], fields: '', values: false }
const options: Record<Panel['kind'], Json> = {
  timeseries: {
    legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
    tooltip: { mode: 'multi', sort: 'desc' },
  },
  stat: { reduceOptions: reduce, colorMode: 'background', graphMode: 'none', textMode: 'auto' },
  bargauge: { reduceOptions: reduce, orientation: 'horizontal', displayMode: 'basic' },
  table: { showHeader: true, cellHeight: 'sm' },
}
