import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { monitoringTools } from '@concord/testing/monitoring-tools'
import { root } from '@concord/testing/node-process'
import { expect, test } from 'vitest'
import { dashboardFiles } from '../../monitoring/dashboards/all.ts'
import { alerts, folder, panelExpressions, ruleFiles } from './queries.ts'

const run = promisify(execFile)
const { promtool, amtool } = await monitoringTools()
const testsFolder = path.join(folder, 'prometheus', 'tests')
const testFiles = readdirSync(testsFolder).map((name) => path.join(testsFolder, name))
const routing = path.join(folder, 'alertmanager', 'alertmanager.yml')

test('Prometheus takes the configuration and every rule', async () => {
  const config = path.join(folder, 'prometheus', 'prometheus.yml')
  expect((await run(promtool, ['check', 'config', config])).stdout).toContain('is valid prometheus config file')
  expect((await run(promtool, ['check', 'rules', ...ruleFiles])).stdout).toContain('SUCCESS')
})

test('every alert has a case in which it fires and, save the watchdog, one in which it stays quiet', async () => {
  const cases = testFiles.map((file) => readFileSync(file, 'utf8')).join('\n')
  const missing = alerts.flatMap(({ name }) =>
    [`${name} fires`, ...(name === 'Watchdog' ? [] : [`${name} stays quiet`])].filter(
      (wanted) => !cases.includes(`- name: ${wanted}\n`),
    ),
  )

  expect(missing).toEqual([])
  await run(promtool, ['test', 'rules', ...testFiles])
})

test('every alert has a severity, a summary, a description, and its place in the operations page', () => {
  const page = readFileSync(path.join(root, 'docs', 'operations.md'), 'utf8')
  const headings = new Set([...page.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading.toLowerCase()))

  for (const { name, severity, text } of alerts) {
    expect.soft(['critical', 'warning', 'info', 'none'], name).toContain(severity)
    expect.soft(text, name).toMatch(/summary: \S/)
    expect.soft(text, name).toMatch(/description: \S/)
    expect.soft(text, name).toContain(`runbook_url: docs/operations.md#${name.toLowerCase()}`)
    expect.soft(headings, name).toContain(name.toLowerCase())
  }
})

test('every expression of the dashboards is PromQL', async () => {
  const work = mkdtempSync(path.join(tmpdir(), 'concord-panels-'))
  const rules = panelExpressions.map(({ expr }, index) => ({ record: `panel:query:${index}`, expr }))
  // JSON is YAML.
  writeFileSync(path.join(work, 'panels.yml'), JSON.stringify({ groups: [{ name: 'panels', rules }] }))
  try {
    const { stdout } = await run(promtool, ['check', 'rules', path.join(work, 'panels.yml')])
    expect(stdout).toContain(`${rules.length} rules found`)
  } finally {
    rmSync(work, { recursive: true })
  }
})

test('the files that Grafana reads are those that the source gives', () => {
  const files = path.join(folder, 'grafana', 'dashboards')

  expect(readdirSync(files).toSorted()).toEqual(dashboardFiles.map(([name]) => name).toSorted())
  for (const [name, text] of dashboardFiles)
    expect(JSON.parse(readFileSync(path.join(files, name), 'utf8'))).toEqual(JSON.parse(text))
})

test.each([
  ['on-call', 'AnyAlert', 'critical'],
  ['team', 'AnyAlert', 'warning'],
  ['nobody', 'AnyAlert', 'info'],
  ['business', 'SpendingJumped', 'warning'],
  ['on-call', 'SpendingHigh', 'critical'],
  ['dead-mans-switch', 'Watchdog', 'none'],
])('%s is told of %s, %s', async (receiver, alert, severity) => {
  await run(amtool, ['check-config', routing])
  const labels = [`alertname=${alert}`, `severity=${severity}`]
  const { stdout } = await run(amtool, ['config', 'routes', 'test', `--config.file=${routing}`, ...labels])

  expect(stdout.trim()).toBe(receiver)
})

test('what the routes name are alerts that exist', () => {
  const named = [...readFileSync(routing, 'utf8').matchAll(/alertname =~? "([^"]+)"/g)].flatMap(([, list = '']) =>
    list.split('|'),
  )

  expect(named.filter((name) => !alerts.some((alert) => alert.name === name))).toEqual([])
})
