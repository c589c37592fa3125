import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '@concord/testing/node-process'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { clusters } from './clusters.ts'
import { selects } from './workloads.ts'

const settings = readFileSync(path.join(root, 'k8s/base/settings.env'), 'utf8')
const stopWithinS = Number(/^STOP_GRACE_S=(\d+)$/m.exec(settings)?.[1])

describe.each(clusters)('in $name', ({ manifests, workloads }) => {
  const deployments = workloads.filter(({ kind }) => kind === 'Deployment')
  const services = deployments.filter(({ pod }) => pod.metadata.labels['app.kubernetes.io/component'] === 'service')
  const ofKind = (kind: string) => manifests.filter((manifest) => manifest.kind === kind)

  test('every pod runs under one unprivileged account, on a root that cannot be written, without capabilities or a token', () => {
    for (const { name, pod } of workloads) {
      expect.soft(pod.spec.securityContext, name).toMatchObject({
        runAsNonRoot: true,
        runAsUser: expect.any(Number),
        seccompProfile: { type: 'RuntimeDefault' },
      })
      expect.soft(pod.spec.automountServiceAccountToken, name).toBe(false)
      for (const container of pod.spec.containers) {
        expect.soft(container.securityContext, `${name}/${container.name}`).toEqual({
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
        })
      }
    }
  })

  test('every Deployment has a disruption budget, its own policy for who comes in, a spread over nodes, and is asked whether it is ready', () => {
    for (const { name, pod } of deployments) {
      const { labels } = pod.metadata
      const own = (kind: string) => ofKind(kind).filter(({ metadata }) => metadata.name === name)
      const spread = pod.spec.topologySpreadConstraints
      const Selecting = z.looseObject({
        selector: z.unknown().optional(),
        podSelector: z.unknown().optional(),
        policyTypes: z.unknown().optional(),
      })

      const [budget] = own('PodDisruptionBudget').map((manifest) => Selecting.parse(manifest['spec']))
      expect.soft(budget, name).toMatchObject({ maxUnavailable: 1 })
      expect.soft(selects(budget?.selector, labels), name).toBe(true)
      const [policy] = own('NetworkPolicy').map((manifest) => Selecting.parse(manifest['spec']))
      expect.soft(policy?.policyTypes, name).toContain('Ingress')
      expect.soft(selects(policy?.podSelector, labels), name).toBe(true)
      expect
        .soft(
          spread.map(({ topologyKey }) => topologyKey),
          name,
        )
        .toContain('kubernetes.io/hostname')
      for (const { labelSelector } of spread) expect.soft(selects(labelSelector, labels), name).toBe(true)
      expect.soft(pod.spec.containers[0]?.readinessProbe, name).toBeDefined()
      expect.soft(pod.spec.containers[0]?.startupProbe, name).toBeDefined()
    }
  })

  test('no service is restarted for what it stands on, and none takes traffic before it reaches it', () => {
    for (const { name, pod } of services) {
      const [container] = pod.spec.containers
      expect.soft(container?.livenessProbe?.httpGet, name).toEqual({ path: '/health', port: 'http' })
      expect.soft(container?.startupProbe?.httpGet, name).toEqual({ path: '/health', port: 'http' })
      expect.soft(container?.readinessProbe?.httpGet, name).toEqual({ path: '/ready', port: 'http' })
    }
  })

  test('a pod that goes serves until its callers know, and then has the time that its process takes to end', () => {
    for (const { name, pod } of services) {
      const [program, seconds] = pod.spec.containers[0]?.lifecycle?.preStop.exec.command ?? []
      expect.soft(program, name).toBe('sleep')
      expect.soft(pod.spec.terminationGracePeriodSeconds, name).toBeGreaterThan(Number(seconds) + stopWithinS)
    }
  })

  test('every probe and every Service leads to a port that a container has', () => {
    for (const { name, pod } of workloads) {
      for (const container of pod.spec.containers) {
        const ports = container.ports.map((port) => port.name)
        const probed = [container.startupProbe, container.livenessProbe, container.readinessProbe].flatMap(
          (probe) => probe?.httpGet?.port ?? probe?.tcpSocket?.port ?? [],
        )
        expect.soft(ports, `${name}/${container.name}`).toEqual(expect.arrayContaining(probed))
      }
    }
    const ServiceSpec = z.looseObject({
      selector: z.record(z.string(), z.string()),
      ports: z.array(z.object({ targetPort: z.string() }).loose()),
    })
    for (const manifest of ofKind('Service')) {
      const { selector, ports } = ServiceSpec.parse(manifest['spec'])
      const behind = workloads.filter(({ pod }) => selects({ matchLabels: selector }, pod.metadata.labels))
      expect.soft(behind.length, manifest.metadata.name).toBe(1)
      const there = behind.flatMap(({ pod }) => pod.spec.containers.flatMap((container) => container.ports))
      for (const { targetPort } of ports)
        expect
          .soft(
            there.map(({ name }) => name),
            manifest.metadata.name,
          )
          .toContain(targetPort)
    }
  })

  test('no Deployment says how many replicas it has, since to apply it again would undo what the scaling did', () => {
    for (const { name, manifest } of deployments) expect.soft(manifest['spec'], name).not.toHaveProperty('replicas')
  })

  test('every image has a version; those of ours the same one, those of others the one that compose runs', () => {
    const images = workloads.flatMap(({ pod }) => pod.spec.containers.map(({ image }) => image))
    const compose = readFileSync(path.join(root, 'docker-compose.yml'), 'utf8')
    const { services: blocks } = z
      .object({ services: z.record(z.string(), z.looseObject({ image: z.string() })) })
      .parse(parse(compose, { merge: true, maxAliasCount: -1 }))
    const others = new Set(Object.values(blocks).map(({ image }) => image))
    const ours = images.filter((image) => image.includes('concord/'))

    expect(ours.map((image) => image.split('concord/')[1])).toSatisfy((names: string[]) =>
      names.every((name) =>
        /^(gateway|auth|consensus-orchestrator|ai-inference|operator|emulators):1\.0\.0$/.test(name),
      ),
    )
    for (const image of images.filter((name) => !ours.includes(name))) expect.soft(others, image).toContain(image)
  })
})
