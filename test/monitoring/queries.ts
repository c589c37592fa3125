import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { root } from '@concord/testing/node-process'
import { dashboards } from '../../monitoring/dashboards/all.ts'

export const folder = path.join(root, 'monitoring')
const rulesFolder = path.join(folder, 'prometheus', 'rules')
export const ruleFiles = readdirSync(rulesFolder).map((name) => path.join(rulesFolder, name))

/** An expression, where it stands, and the legend of its series. */
export type Expression = { at: string; expr: string; legend?: string }
export type Alert = { name: string; severity: string; text: string }

export const panelExpressions: readonly Expression[] = dashboards.flatMap(({ title, rows }) =>
  rows.flatMap(({ panels }) =>
    panels.flatMap((panel) =>
      panel.queries.flatMap((query) =>
        query.language === 'promql'
          ? [{ at: `${title} / ${panel.title}`, expr: query.expr, legend: query.legend }]
          : [],
      ),
    ),
  ),
)

export const panelSql: readonly { at: string; sql: string }[] = dashboards.flatMap(({ title, rows }) =>
  rows.flatMap(({ panels }) =>
    panels.flatMap((panel) =>
      panel.queries.flatMap((query) =>
        query.language === 'sql' ? [{ at: `${title} / ${panel.title}`, sql: query.sql }] : [],
      ),
    ),
  ),
)

type Rule = { kind: 'alert' | 'record'; name: string; expr: string; text: string }

/** The rules as they stand in the files; the files keep to one form, which the formatter and `promtool` hold them to. */
export const rules: readonly Rule[] = ruleFiles.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split(/^ {6}- (?=alert:|record:)/m)
    .slice(1)
    .map((text): Rule => {
      const [, kind, name = ''] = /^(alert|record): (\S+)/.exec(text) ?? []
      const [, first = '', further = ''] = /^ {8}expr: ?(.*)\n((?: {10}.*\n)*)/m.exec(`${text}\n`) ?? []
      return {
        kind: kind === 'alert' ? 'alert' : 'record',
        name,
        expr: `${first.replace(/^[|>]-?$/, '')}\n${further}`,
        text,
      }
    }),
)

export const alerts: readonly Alert[] = rules
  .filter(({ kind }) => kind === 'alert')
  .map(({ name, text }) => ({ name, text, severity: /severity: (\w+)/.exec(text)?.[1] ?? '' }))
