import * as events from '../../packages/contracts/src/events.ts'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { clusters } from './clusters.ts'
import { selects } from './workloads.ts'

const production = clusters.find(({ name }) => name === 'prod')
const manifests = production?.manifests ?? []
const deployments = (production?.workloads ?? []).filter(({ kind }) => kind === 'Deployment')
const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind)

const Target = z.looseObject({ scaleTargetRef: z.looseObject({ name: z.string() }) })
const Trigger = z.strictObject({
  type: z.enum(['rabbitmq', 'cpu']),
  metricType: z.string().optional(),
  metadata: z.record(z.string(), z.string()),
  authenticationRef: z.strictObject({ name: z.string() }).optional(),
})
const ByQueue = z.looseObject({ minReplicaCount: z.number(), maxReplicaCount: z.number(), triggers: z.array(Trigger) })
const ByProcessor = z.looseObject({
  minReplicas: z.number(),
  maxReplicas: z.number(),
  metrics: z.array(z.object({ containerResource: z.looseObject({ container: z.string() }) })),
})

test('every Deployment of the mesh is scaled by one thing, and has two replicas at least', () => {
  const scaled = [...ofKind('HorizontalPodAutoscaler'), ...ofKind('ScaledObject')]
  const mesh = deployments.filter(({ pod }) => pod.metadata.labels['app.kubernetes.io/component'] !== 'exporter')

  expect(scaled.map(({ spec }) => Target.parse(spec).scaleTargetRef.name).toSorted()).toEqual(
    mesh.map(({ name }) => name).toSorted(),
  )
  for (const { spec, metadata } of ofKind('HorizontalPodAutoscaler')) {
    const { minReplicas, maxReplicas, metrics } = ByProcessor.parse(spec)
    expect.soft(minReplicas).toBe(2)
    expect.soft(maxReplicas).toBeGreaterThan(minReplicas)
    const target = deployments.find(({ name }) => name === metadata.name)
    for (const { containerResource } of metrics)
      expect.soft(target?.pod.spec.containers.map(({ name }) => name)).toContain(containerResource.container)
  }
})

test('who takes from queues is scaled by queues that the bus has, counted with what is being worked on', () => {
  const types = Object.values(events).flatMap((event) =>
    typeof event === 'object' && 'type' in event ? [event.type] : [],
  )
  const secrets = ofKind('TriggerAuthentication').map(({ metadata }) => metadata.name)

  expect(ofKind('ScaledObject').map(({ metadata }) => metadata.name)).toEqual([
    'ai-inference',
    'consensus-orchestrator',
  ])
  for (const { metadata, spec } of ofKind('ScaledObject')) {
    const { minReplicaCount, triggers } = ByQueue.parse(spec)
    expect.soft(minReplicaCount, metadata.name).toBe(2)
    const queues = triggers.filter(({ type }) => type === 'rabbitmq')
    expect.soft(queues.length, metadata.name).toBeGreaterThan(0)
    for (const { metadata: trigger, authenticationRef } of queues) {
      const known = types.map((type) => `concord.${metadata.name}.${type}`)
      expect.soft(trigger['queueName']).toBeOneOf(known)
      expect.soft(trigger['protocol']).toBe('http')
      expect.soft(secrets).toContain(authenticationRef?.name)
    }
  }
})

test('Prometheus finds every service and every exporter, under the job that the rules name', () => {
  const Monitor = z.looseObject({
    jobLabel: z.literal('app.kubernetes.io/name'),
    selector: z.unknown().optional(),
    endpoints: z.array(z.looseObject({ port: z.string() })),
  })
  const ServiceSpec = z.looseObject({ ports: z.array(z.looseObject({ name: z.string() })) })
  const monitors = ofKind('ServiceMonitor').map(({ spec }) => Monitor.parse(spec))
  const jobs = ofKind('Service').flatMap(({ metadata, spec }) => {
    const ports = ServiceSpec.parse(spec).ports.map(({ name }) => name)
    const finds = monitors.some(
      ({ selector, endpoints }) =>
        selects(selector, metadata.labels ?? {}) && endpoints.every(({ port }) => ports.includes(port)),
    )
    return finds ? [metadata.labels?.['app.kubernetes.io/name'] ?? ''] : []
  })

  expect(jobs.toSorted()).toEqual([
    'ai-inference',
    'auth',
    'consensus-orchestrator',
    'gateway',
    'nginx',
    'postgres',
    'redis',
  ])
})
