import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadConfig } from '../../packages/service-kit/src/config.ts'
import { root } from '@concord/testing/node-process'
import { afterAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { MeshConfig } from '../../packages/mesh/src/settings.ts'
import { clusters } from './clusters.ts'
import type { Manifest } from './kustomize.ts'
import { environmentOf, secretKeysOf } from './workloads.ts'

const work = mkdtempSync(path.join(tmpdir(), 'concord-k8s-'))
afterAll(() => rmSync(work, { recursive: true }))

const developmentSecrets = makeSecrets()
const serviceNames = readdirSync(path.join(root, 'services'))
const page = readFileSync(path.join(root, 'k8s/README.md'), 'utf8')

describe.each(clusters)('in $name', ({ name: cluster, manifests, workloads }) => {
  const settings = settingsOf(manifests)

  test('there is every service', () => {
    const deployed = workloads.filter(({ kind }) => kind === 'Deployment').map(({ name }) => name)
    expect(deployed).toEqual(expect.arrayContaining(serviceNames))
  })

  test.each(serviceNames)(
    '%s starts with what it is given, and is given nothing that it does not know',
    async (name) => {
      const schema = await configOf(name)
      const workload = workloads.find((candidate) => candidate.name === name)
      const [container] = workload?.pod.spec.containers ?? []
      if (!workload || !container) throw new Error(`there is no ${name}`)
      const given = environmentOf(workload.pod, container, settings)
      const environment: Record<string, string> = {}
      for (const [setting, source] of given) {
        if ('value' in source) environment[setting] = source.value
        else environment[`${setting}_FILE`] = secretFile(source)
      }

      expect([...given.keys()].filter((setting) => !(setting in schema.shape))).toEqual([])
      const config = z
        .looseObject({ HOST: z.string(), PORT: z.number(), PUBLIC_URL: z.string() })
        .parse(loadConfig(schema, environment))
      expect(config).toMatchObject({ HOST: '0.0.0.0', PORT: container.ports[0]?.containerPort })
      const neighbours = ['AUTH_URL', 'INFERENCE_URL', 'ORCHESTRATOR_URL'].flatMap((setting) => config[setting] ?? [])
      expect(urlsOf(manifests)).toEqual(expect.arrayContaining(neighbours))
    },
  )

  test('the edge, the emulators and the operator are given settings that they know', () => {
    const known = { edge: edgeSettings(), emulators: emulatorSettings(), operator: Object.keys(MeshConfig.shape) }
    const owners = new Map([
      ['edge', known.edge],
      ['emulators', known.emulators],
      ['migrate', known.operator],
      ['backup', known.operator],
    ])
    for (const { name, pod } of workloads) {
      const names = owners.get(name)
      const [container] = pod.spec.containers
      if (!names || !container) continue
      for (const setting of environmentOf(pod, container, settings).keys())
        expect.soft(setting === 'NAMESPACE' ? names[0] : setting, name).toBeOneOf(names)
    }
  })

  test('every secret that a pod takes is on the page; in development the script makes it', () => {
    const taken = new Set(workloads.flatMap(({ pod }) => secretKeysOf(pod)))
    for (const key of taken) {
      const [secret = '', item = ''] = key.split('/')
      const row = page.split('\n').find((line) => line.startsWith(`| \`${secret}\``))
      expect.soft(row, key).toContain(`\`${item}\``)
    }
    const needed = [...taken].filter((key) => cluster === 'dev' && !key.startsWith('concord-providers/'))
    expect([...developmentSecrets.keys()]).toEqual(expect.arrayContaining(needed))
  })

  test('where an Ingress leads in, it does so for the host of PUBLIC_URL', () => {
    const hosts = manifests.filter(({ kind }) => kind === 'Ingress').flatMap(({ spec }) => hostsOf(spec))
    const { host } = new URL(settings.get('concord-settings')?.['PUBLIC_URL'] ?? '')
    expect(hosts.every((name) => name === host)).toBe(true)
    expect(hosts.length > 0).toBe(cluster === 'prod')
  })
})

test('the edge is given every file of its folder, and Grafana every dashboard', () => {
  const [{ manifests }] = [clusters[1] ?? clusters[0] ?? { manifests: [] }]
  const keysOf = (name: string) => Object.keys(settingsOf(manifests).get(name) ?? {})
  const needed = ['nginx.conf', 'run.sh', 'render.sh', 'make-certificate.sh']

  expect(keysOf('edge-conf').toSorted()).toEqual(readdirSync(path.join(root, 'nginx/conf')).toSorted())
  expect(keysOf('edge-scripts').toSorted()).toEqual(needed.toSorted())
  expect(keysOf('concord-dashboards').toSorted()).toEqual(
    readdirSync(path.join(root, 'monitoring/grafana/dashboards')).toSorted(),
  )
})

function settingsOf(manifests: readonly Manifest[]): Map<string, Record<string, string>> {
  const maps = manifests.filter(({ kind }) => kind === 'ConfigMap')
  return new Map(maps.map(({ metadata, data }) => [metadata.name, z.record(z.string(), z.string()).parse(data)]))
}

async function configOf(service: string): Promise<z.ZodObject> {
  const file = pathToFileURL(path.join(root, 'services', service, 'src/config.ts')).href
  const module = z.record(z.string(), z.unknown()).parse({ ...(await import(file)) })
  return z.instanceof(z.ZodObject).parse(module['Config'])
}

function secretFile({ secret, key, optional }: { secret: string; key: string; optional: boolean }): string {
  const made = developmentSecrets.get(`${secret}/${key}`)
  if (made) return made
  if (!optional) throw new Error(`nobody makes ${secret}/${key}`)
  const file = path.join(work, `${secret}-${key}`)
  writeFileSync(file, 'a-key-of-a-provider')
  return file
}

/** Runs the development script on a stand-in for kubectl that keeps what it is given; returns the files by `name/key`. */
function makeSecrets(): Map<string, string> {
  const kubectl = [
    '#!/bin/sh',
    'case " $* " in *" get "*) exit 1 ;; *" create secret "*) ;; *) exit 0 ;; esac',
    'for word; do case $word in --from-file=*) from=${word#*=} ;; concord-*) name=$word ;; esac; done',
    `cp -r "$from" "${work}/$name"`,
  ]
  writeFileSync(path.join(work, 'kubectl'), `${kubectl.join('\n')}\n`, { mode: 0o755 })
  execFileSync(path.join(root, 'k8s/overlays/dev/make-secrets.sh'), { env: { PATH: `${work}:/usr/bin:/bin` } })
  const secrets = readdirSync(work).filter((name) => name !== 'kubectl')
  return new Map(
    secrets.flatMap((name) =>
      readdirSync(path.join(work, name)).map((key): [string, string] => [`${name}/${key}`, path.join(work, name, key)]),
    ),
  )
}

function urlsOf(manifests: readonly Manifest[]): string[] {
  return manifests.filter(({ kind }) => kind === 'Service').map(({ metadata }) => `http://${metadata.name}:8080`)
}

function edgeSettings(): string[] {
  const script = readFileSync(path.join(root, 'nginx/render.sh'), 'utf8')
  return [...[...script.matchAll(/^: "\$\{(EDGE_[A-Z0-9_]+):=/gm)].map(([, name = '']) => name), 'EDGE_SELF_SIGNED']
}

function emulatorSettings(): string[] {
  const program = readFileSync(path.join(root, 'packages/emulators/src/main.ts'), 'utf8')
  return [...program.matchAll(/^ {2}([A-Z_]+): z\./gm)].map(([, name = '']) => name)
}

function hostsOf(spec: unknown): string[] {
  const Spec = z.object({
    rules: z.array(z.object({ host: z.string() })),
    tls: z.array(z.object({ hosts: z.array(z.string()) })),
  })
  const { rules, tls } = Spec.parse(spec)
  return [...rules.map(({ host }) => host), ...tls.flatMap(({ hosts }) => hosts)]
}
