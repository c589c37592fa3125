import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { dashboardFiles } from '../monitoring/dashboards/all.ts'
import { prometheusRule } from './prometheus-rule.ts'
import { readSettings, type Setting, type SettingsOf } from './settings.ts'

/**
 * Writes what is generated from the config schemas, `.env.example` and the table of settings in each service's README; Grafana's
 * dashboards from `monitoring/dashboards`; and the rules of `monitoring/prometheus` as Kubernetes takes them.
 * With `--check` it writes nothing and fails when a file is not what it would write.
 */
const check = process.argv.includes('--check')
const begin = '<!-- settings: written by `npm run generate` -->'
const end = '<!-- end of settings -->'

const { mesh, services } = await readSettings()
const stale = [
  writeFile('.env.example', envExample()),
  ...services.map(writeTable),
  ...dashboardFiles.map(([name, text]) => writeFormatted(`monitoring/grafana/dashboards/${name}`, text)),
  writeFormatted('k8s/components/monitoring/prometheus-rules.yaml', prometheusRule()),
].filter((file) => file !== undefined)
for (const file of stale) console.error(check ? `${file} is not current: run \`npm run generate\`` : `wrote ${file}`)
if (check && stale.length > 0) process.exitCode = 1

function envExample(): string {
  const told = new Set<string>()
  const shared = services.flatMap(({ settings }) => settings).filter(isRepeated)
  const sections = [mesh, { owner: 'several services', settings: shared }, ...services].map(({ owner, settings }) => {
    const fresh = settings.filter(
      ({ name }, index) => !told.has(name) && settings.findIndex((other) => other.name === name) === index,
    )
    for (const { name } of fresh) told.add(name)
    return [`# --- ${owner} ---`, ...fresh.map(envEntry)].join('\n\n')
  })
  const head = [
    '# Settings of Concord. Copy this file to `.env` and change what you need: `npm start` needs none of them.',
    '# The environment wins over `.env`. For each X, X_FILE may name a file that holds the value instead.',
    '# Written by `npm run generate` from the config schemas.',
  ]
  return `${[head.join('\n'), ...sections].join('\n\n')}\n`
}

function isRepeated({ name }: Setting, _: number, all: readonly Setting[]): boolean {
  return all.filter((other) => other.name === name).length > 1
}

function envEntry({ name, initial, description, example }: Setting): string {
  return `# ${description}\n# ${name}=${initial || example}`
}

function writeTable({ folder, settings }: SettingsOf): string | undefined {
  const file = path.join(folder, 'README.md')
  const current = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const [before, rest] = current.split(begin)
  const after = rest?.split(end)[1]
  if (before === undefined || after === undefined) {
    console.error(`${file} needs a place for its settings: the lines ${begin} and ${end}`)
    process.exitCode = 1
    return undefined
  }
  const rows = settings.map(({ name, required, initial, description, example }) => {
    const value = initial ? `\`${initial}\`` : required ? 'required' : ''
    const sample = example ? ` Example: \`${example}\`.` : ''
    return `| \`${name}\` | ${value} | ${`${description}${sample}`.replaceAll('|', '\\|')} |`
  })
  const table = ['| setting | default | what it does |', '| --- | --- | --- |', ...rows].join('\n')
  return writeFile(file, formatted(file, `${before}${begin}\n\n${table}\n\n${end}${after}`))
}

function writeFormatted(file: string, text: string): string | undefined {
  return writeFile(file, formatted(file, text))
}

/** Written as the formatter would leave it, so that the two never disagree about a generated file. */
function formatted(file: string, text: string): string {
  return execFileSync(process.execPath, ['node_modules/oxfmt/bin/oxfmt', `--stdin-filepath=${file}`], {
    input: text,
    encoding: 'utf8',
  })
}

/** Returns the file's name when its content was another. */
function writeFile(file: string, text: string): string | undefined {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return undefined
  if (!check) writeFileSync(file, text)
  return file
}
