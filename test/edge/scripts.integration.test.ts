import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { nginxPath } from '@concord/testing/nginx'
import { root } from '@concord/testing/node-process'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const folderOf = (name: string): string => path.join(root, 'nginx', name)

let folder: string
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'concord-scripts-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function run(script: string, args: readonly string[], env: Record<string, string> = {}) {
  const own = { PATH: process.env['PATH'] ?? '', NGINX_PATH: nginxPath(), ...env }
  const { status, stderr } = spawnSync(folderOf(script), args, { env: own, encoding: 'utf8' })
  return { status, stderr }
}

describe('render.sh', () => {
  test.each([
    ['no settings', {}],
    ['replicas by name', { EDGE_RESOLVER: '127.0.0.11', EDGE_GATEWAYS: 'gateway:8080' }],
    ['several replicas', { EDGE_GATEWAYS: '10.0.0.1:8080 10.0.0.2:8080' }],
    ['TLS 1.2 and a CDN before it', { EDGE_TLS_1_2: 'on', EDGE_TRUSTED_PROXIES: '10.0.0.0/8 2001:db8::/32' }],
    ['two addresses', { EDGE_LISTEN: '127.0.0.1 [::1]' }],
    ['the console', { EDGE_CONSOLE_FOLDER: folderOf('../packages/console') }],
  ])('with %s writes what NGINX takes', (_name, settings) => {
    const files = {
      EDGE_ACCESS_LOG: 'access.log',
      EDGE_ERROR_LOG: 'error.log',
      EDGE_HTTPS_PORT: '8443',
      EDGE_HTTP_PORT: '8088',
    }
    run('make-certificate.sh', [path.join(folder, 'certificates')])

    expect(run('render.sh', [folder], { ...files, ...settings })).toEqual({ status: 0, stderr: '' })
    const tested = spawnSync(nginxPath(), ['-t', '-e', 'stderr', '-p', folder, '-c', 'nginx.conf'], {
      encoding: 'utf8',
    })
    expect(tested.stderr).toContain('test is successful')
    expect(tested.stderr).not.toMatch(/\[(warn|emerg)\](?!.*"user" directive)/)
  })

  test.each([
    ['EDGE_GATEWAYS', 'a:1; evil on'],
    ['EDGE_HTTP_PORT', '80x'],
    ['EDGE_TRIES', '0'],
    ['EDGE_PUBLIC_URL', 'http://localhost'],
    ['EDGE_TLS_1_2', 'yes'],
    ['EDGE_HSTS', 'a"b'],
    ['EDGE_ACCESS_LOG', 'a{b'],
  ])('refuses %s=%s, by its name', (name, value) => {
    const { status, stderr } = run('render.sh', [folder], { [name]: value })

    expect(status).toBe(1)
    expect(stderr).toContain(name)
  })

  test('knows the settings that the README lists, with their defaults', () => {
    const script = readFileSync(folderOf('render.sh'), 'utf8')
    const defaults = [...script.matchAll(/^: "\$\{(EDGE_\w+):=(.*)\}"$/gm)].map(([, name, value]) => `${name}=${value}`)
    const readme = readFileSync(folderOf('README.md'), 'utf8')
    const listed = [...readme.matchAll(/^\| `(EDGE_\w+)` +\| (?:`([^`]*)`)? *\|/gm)]
      .map(([, name, value = '']) => `${name}=${value}`)
      .filter((line) => !line.startsWith('EDGE_SELF_SIGNED='))

    expect(defaults.length).toBeGreaterThan(10)
    expect(listed.toSorted()).toEqual(defaults.toSorted())
  })

  test('the README names every file', () => {
    const readme = readFileSync(folderOf('README.md'), 'utf8')
    const files = [...readdirSync(folderOf('.')), ...readdirSync(folderOf('conf'))].filter((name) =>
      /\.(conf|sh)$/.test(name),
    )

    expect(files.filter((name) => !readme.includes(`\`${name}\``) && !readme.includes(`/${name}\``))).toEqual([])
  })
})

describe('make-certificate.sh', () => {
  const read = (): X509Certificate => new X509Certificate(readFileSync(path.join(folder, 'edge.crt')))

  test('makes one for localhost and the names given, with a key that only its owner reads', () => {
    expect(run('make-certificate.sh', [folder, 'concord.test']).status).toBe(0)

    expect(['localhost', 'concord.test', 'other.test'].map((name) => read().checkHost(name) !== undefined)).toEqual([
      true,
      true,
      false,
    ])
    expect(read().checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(statSync(path.join(folder, 'edge.key')).mode & 0o777).toBe(0o600)
    expect(readdirSync(folder).toSorted()).toEqual(['edge.crt', 'edge.key'])
  })

  test('keeps one that is still good', () => {
    run('make-certificate.sh', [folder])
    const first = read().serialNumber
    run('make-certificate.sh', [folder])

    expect(read().serialNumber).toBe(first)
  })

  test('refuses what is no host name', () => {
    expect(run('make-certificate.sh', [folder, 'a,IP:10.0.0.1'])).toMatchObject({ status: 1 })
  })
})

test('run.sh does not start without a certificate, and says so', () => {
  const { status, stderr } = run('run.sh', [folder])

  expect(status).toBe(1)
  expect(stderr).toContain('EDGE_SELF_SIGNED')
})

test('the scripts are plain sh', () => {
  for (const name of readdirSync(folderOf('.')).filter((file) => file.endsWith('.sh')))
    expect(() => execFileSync('sh', ['-n', folderOf(name)], { stdio: 'pipe' })).not.toThrow()
})
