import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { ensureInstalled, pnpmCommand } from './install.mjs'
import { main, root } from './runtime.mjs'

/** Shapes of real credentials. Test keys must not have them: write them so that they cannot be taken for real. */
const secrets = [
  { name: 'private key', shape: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/ },
  { name: 'OpenAI key', shape: /\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}/ },
  { name: 'Anthropic key', shape: /\bsk-ant-[A-Za-z0-9_-]{20,}/ },
  { name: 'Google key', shape: /\bAIza[0-9A-Za-z_-]{35}\b/ },
  { name: 'xAI key', shape: /\bxai-[A-Za-z0-9]{32,}/ },
  { name: 'AWS key', shape: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { name: 'GitHub token', shape: /\bgh[pousr]_[A-Za-z0-9]{36,}/ },
  { name: 'Stripe key', shape: /\b[rs]k_live_[0-9A-Za-z]{20,}/ },
  { name: 'Slack token', shape: /\bxox[abprs]-[0-9A-Za-z-]{20,}/ },
  { name: 'signed token', shape: /\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}/ },
  {
    name: 'password in a URL',
    shape: /\b[a-z+]+:\/\/[^\s:/@'"`$…]*:(?!password|secret|pw|guest|[<${…])[^\s@'"`$…]{8,}@(?!localhost|127\.0\.0\.1)/,
  },
]

await main(async () => {
  await ensureInstalled()
  const leaks = findSecrets()
  for (const leak of leaks) process.stdout.write(`${leak}\n`)
  process.stdout.write(
    leaks.length === 0 ? 'No secrets in tracked files.\n' : `${leaks.length} possible secrets in tracked files.\n`,
  )
  const vulnerable = audit()
  return leaks.length > 0 || vulnerable ? 1 : 0
})

/** Where a secret is, never the secret itself. */
function findSecrets() {
  const files = execFileSync('git', ['ls-files', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  }).split('\0')
  return files
    .filter((file) => file !== '' && file !== 'pnpm-lock.yaml')
    .flatMap((file) => {
      const lines = readText(file).split('\n')
      return lines.flatMap((line, index) => {
        const found = secrets.find(({ shape }) => shape.test(line))
        return found ? [`${file}:${index + 1}: ${found.name}`] : []
      })
    })
}

function readText(file) {
  try {
    const content = readFileSync(`${root}/${file}`)
    return content.includes(0) ? '' : content.toString('utf8')
  } catch {
    // A tracked file that is deleted and not committed yet.
    return ''
  }
}

/** Known vulnerabilities of what ships, from high on. Not every registry answers audits: then this says so. */
function audit() {
  const args = [...pnpmCommand(), 'audit', '--prod', '--audit-level=high', '--json']
  const { stdout } = spawnSync('npx', args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    timeout: 120_000,
    shell: process.platform === 'win32',
  })
  const report = parse(stdout)
  if (!report?.metadata?.vulnerabilities) {
    process.stdout.write('Dependencies were not audited: the package registry does not answer audits.\n')
    return false
  }
  const { high, critical } = report.metadata.vulnerabilities
  for (const { module_name: name, title, severity, patched_versions: patched } of Object.values(
    report.advisories ?? {},
  )) {
    process.stdout.write(`${name}: ${severity}: ${title} (patched in ${patched})\n`)
  }
  process.stdout.write(`Dependencies: ${critical} critical and ${high} high vulnerabilities.\n`)
  return high + critical > 0
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
