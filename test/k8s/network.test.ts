import { expect, test } from 'vitest'
import { z } from 'zod'
import { clusters } from './clusters.ts'
import type { Manifest } from './kustomize.ts'
import { selects, type Workload } from './workloads.ts'

const Peer = z.strictObject({
  podSelector: z.unknown().optional(),
  namespaceSelector: z.unknown().optional(),
  ipBlock: z.strictObject({ cidr: z.string(), except: z.array(z.string()).default([]) }).optional(),
})
const Ports = z.array(z.strictObject({ port: z.union([z.string(), z.number()]), protocol: z.string().optional() }))
const Policy = z.strictObject({
  podSelector: z.unknown().optional(),
  policyTypes: z.array(z.enum(['Ingress', 'Egress'])),
  ingress: z.array(z.strictObject({ from: z.array(Peer).optional(), ports: Ports })).default([]),
  egress: z.array(z.strictObject({ to: z.array(Peer), ports: Ports })).default([]),
})
type Policy = z.output<typeof Policy>

const services = ['ai-inference', 'auth', 'consensus-orchestrator', 'gateway']
const stored = ['ai-inference', 'auth', 'backup', 'consensus-orchestrator', 'migrate']
const between = [
  'ai-inference > auth:http',
  'consensus-orchestrator > ai-inference:http',
  'consensus-orchestrator > auth:http',
  'edge > gateway:http',
  'gateway > ai-inference:http',
  'gateway > auth:http',
  'gateway > consensus-orchestrator:http',
]

test('within a development cluster exactly those reach one another that have something to say', () => {
  expect(waysIn('dev')).toEqual(
    [
      ...between,
      'ai-inference > emulators:http',
      ...stored.map((name) => `${name} > postgres:postgres`),
      ...services.flatMap((name) => [`${name} > redis:redis`, `${name} > rabbitmq:amqp`]),
    ].toSorted(),
  )
})

test('within a production cluster as well, where the engines are outside', () => {
  expect(waysIn('prod')).toEqual(between)
})

test('outside are the engines, and for ai-inference alone public addresses, none of them private', () => {
  const ways = policiesOf('prod').flatMap(({ name, policy }) =>
    policy.egress.flatMap(({ to, ports }) =>
      to.flatMap(({ ipBlock }) => (ipBlock ? [{ name, ipBlock, ports: ports.map(({ port }) => port) }] : [])),
    ),
  )

  expect(new Set(ways.map(({ name, ports }) => `${name}:${ports.join()}`))).toEqual(
    new Set(['ai-inference:443', 'use-database:5432', 'use-redis:6379', 'use-rabbitmq:5672,5671']),
  )
  const world = ways.find(({ ipBlock }) => ipBlock.cidr === '0.0.0.0/0')
  expect(world?.ipBlock.except).toEqual(
    expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '127.0.0.0/8']),
  )
})

test('from outside come the ingress controller or whoever asks the edge, Prometheus to what it scrapes, and nobody else', () => {
  const from = (cluster: string) =>
    policiesOf(cluster).flatMap(({ name, policy }) =>
      policy.ingress.flatMap(({ from: peers, ports }) =>
        peers === undefined || peers.some(({ namespaceSelector }) => namespaceSelector)
          ? [`${name}:${ports.map(({ port }) => port).join()}`]
          : [],
      ),
    )

  const scraped = ['edge:metrics', 'scrape-services:http']
  expect(from('prod').toSorted()).toEqual(
    [...scraped, 'edge-from-ingress:https', 'postgres-exporter:metrics', 'redis-exporter:metrics'].toSorted(),
  )
  expect(from('load balancer').toSorted()).toEqual([...scraped, 'edge-from-anywhere:https,http'].toSorted())
  expect(from('dev').toSorted()).toEqual([...scraped, 'rabbitmq:management', 'rabbitmq:metrics'].toSorted())
})

test.each(clusters)('in $name everything is denied that no policy allows', ({ name }) => {
  const everything = policiesOf(name).find((candidate) => candidate.name === 'deny-by-default')
  expect(everything?.policy).toEqual({ podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] })
})

function clusterOf(name: string): { manifests: Manifest[]; workloads: Workload[] } {
  const found = clusters.find((cluster) => cluster.name === name)
  if (!found) throw new Error(`there is no cluster ${name}`)
  return found
}

function policiesOf(cluster: string): { name: string; policy: Policy }[] {
  return clusterOf(cluster)
    .manifests.filter(({ kind }) => kind === 'NetworkPolicy')
    .map(({ metadata, spec }) => ({ name: metadata.name, policy: Policy.parse(spec) }))
}

/** Who reaches which port of whom: allowed by a policy of the one for going out, and by one of the other for coming in. */
function waysIn(cluster: string): string[] {
  const { workloads } = clusterOf(cluster)
  const policies = policiesOf(cluster).map(({ policy }) => policy)
  const labelsOf = ({ pod }: Workload) => pod.metadata.labels
  const isPeer = (peer: z.output<typeof Peer>, workload: Workload): boolean =>
    peer.podSelector !== undefined &&
    peer.namespaceSelector === undefined &&
    selects(peer.podSelector, labelsOf(workload))
  const of = (workload: Workload) => policies.filter(({ podSelector }) => selects(podSelector, labelsOf(workload)))
  const names = (ports: z.output<typeof Ports>) => ports.map(({ port }) => port)

  const ways = workloads.flatMap((caller) =>
    workloads.flatMap((callee) => {
      const out = of(caller)
        .flatMap(({ egress }) => egress)
        .filter(({ to }) => to.some((peer) => isPeer(peer, callee)))
      const into = of(callee)
        .flatMap(({ ingress }) => ingress)
        .filter(({ from }) => from?.some((peer) => isPeer(peer, caller)) ?? true)
      const allowed = new Set(into.flatMap(({ ports }) => names(ports)))
      return out
        .flatMap(({ ports }) => names(ports))
        .filter((port) => allowed.has(port))
        .map((port) => `${caller.name} > ${callee.name}:${port}`)
    }),
  )
  return ways.toSorted()
}
