import { z } from 'zod'
import type { Manifest } from './kustomize.ts'

const Labels = z.record(z.string(), z.string()).default({})
const Items = z.array(z.object({ key: z.string(), path: z.string() }))
const KeyRef = z.object({ name: z.string(), key: z.string(), optional: z.boolean().default(false) })
const Probe = z
  .object({
    httpGet: z.object({ path: z.string(), port: z.string() }).optional(),
    exec: z.object({ command: z.array(z.string()) }).optional(),
    tcpSocket: z.object({ port: z.string() }).optional(),
  })
  .optional()

const Container = z.object({
  name: z.string(),
  image: z.string(),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })).default([]),
  envFrom: z.array(z.object({ configMapRef: z.object({ name: z.string() }) })).default([]),
  env: z
    .array(
      z.object({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z
          .object({
            secretKeyRef: KeyRef.optional(),
            configMapKeyRef: KeyRef.optional(),
            fieldRef: z.unknown().optional(),
          })
          .optional(),
      }),
    )
    .default([]),
  resources: z.object({
    requests: z.object({ cpu: z.string(), memory: z.string() }),
    limits: z.object({ memory: z.string() }),
  }),
  securityContext: z.unknown().optional(),
  startupProbe: Probe,
  livenessProbe: Probe,
  readinessProbe: Probe,
  lifecycle: z.object({ preStop: z.object({ exec: z.object({ command: z.array(z.string()) }) }) }).optional(),
  volumeMounts: z.array(z.object({ name: z.string(), mountPath: z.string() })).default([]),
})
export type Container = z.output<typeof Container>

const SecretVolume = z.object({ secretName: z.string(), items: Items.default([]) })
const Projected = z.object({ sources: z.array(z.object({ secret: z.object({ name: z.string(), items: Items }) })) })
const Volume = z.object({ name: z.string(), secret: SecretVolume.optional(), projected: Projected.optional() })

const Pod = z.object({
  metadata: z.object({ labels: Labels }),
  spec: z.object({
    serviceAccountName: z.string().optional(),
    automountServiceAccountToken: z.boolean().optional(),
    terminationGracePeriodSeconds: z.number().default(30),
    securityContext: z.unknown().optional(),
    initContainers: z.undefined().optional(),
    hostNetwork: z.undefined().optional(),
    hostPID: z.undefined().optional(),
    containers: z.array(Container).min(1),
    volumes: z.array(z.looseObject({ ...Volume.shape, hostPath: z.undefined().optional() })).default([]),
    topologySpreadConstraints: z
      .array(z.looseObject({ topologyKey: z.string(), labelSelector: z.unknown().optional() }))
      .default([]),
  }),
})
export type Pod = z.output<typeof Pod>
export type Workload = { kind: string; name: string; pod: Pod; manifest: Manifest }

const Template = z.object({ template: Pod })
const templates: Record<string, (spec: unknown) => Pod> = {
  Deployment: (spec) => Template.parse(spec).template,
  StatefulSet: (spec) => Template.parse(spec).template,
  Job: (spec) => Template.parse(spec).template,
  CronJob: (spec) => z.object({ jobTemplate: z.object({ spec: Template }) }).parse(spec).jobTemplate.spec.template,
}

/** Everything that makes pods. Throws where a container or a pod is not of the form that ours have. */
export function workloadsOf(manifests: readonly Manifest[]): Workload[] {
  return manifests.flatMap((manifest) => {
    const { kind, metadata } = manifest
    const podOf = templates[kind]
    return podOf ? [{ kind, name: metadata.name, pod: podOf(manifest['spec']), manifest }] : []
  })
}

/** Whether a selector of `matchLabels` alone selects these labels; the empty one selects all. */
export function selects(selector: unknown, labels: Record<string, string>): boolean {
  const { matchLabels } = z.strictObject({ matchLabels: Labels }).parse(selector)
  return Object.entries(matchLabels).every(([name, value]) => labels[name] === value)
}

export type Given = { value: string } | { secret: string; key: string; optional: boolean }

/** What a container finds in its environment: values as they are, secrets (also those behind `X_FILE`) by their name and key. */
export function environmentOf(
  { spec }: Pod,
  container: Container,
  settings: ReadonlyMap<string, Readonly<Record<string, string>>>,
): ReadonlyMap<string, Given> {
  const given = new Map<string, Given>()
  const fromMap = (name: string): Readonly<Record<string, string>> => {
    const data = settings.get(name)
    if (!data) throw new Error(`${container.name} reads the ConfigMap ${name}, which is not there`)
    return data
  }
  for (const { configMapRef } of container.envFrom)
    for (const [name, value] of Object.entries(fromMap(configMapRef.name))) given.set(name, { value })
  for (const { name, value, valueFrom } of container.env) {
    const { secretKeyRef, configMapKeyRef } = valueFrom ?? {}
    if (secretKeyRef)
      given.set(name, { secret: secretKeyRef.name, key: secretKeyRef.key, optional: secretKeyRef.optional })
    else if (configMapKeyRef) given.set(name, { value: fromMap(configMapKeyRef.name)[configMapKeyRef.key] ?? '' })
    else if (name.endsWith('_FILE') && value?.startsWith('/run/secrets/'))
      given.set(name.slice(0, -'_FILE'.length), fileOf(spec, container, value))
    else given.set(name, { value: value ?? '' })
  }
  return given
}

function fileOf(spec: Pod['spec'], container: Container, file: string): Given {
  for (const { name, mountPath } of container.volumeMounts) {
    const volume = spec.volumes.find((candidate) => candidate.name === name)
    for (const { secret, items } of secretsIn(volume))
      for (const { key, path } of items) if (`${mountPath}/${path}` === file) return { secret, key, optional: false }
  }
  throw new Error(`${container.name} reads ${file}, which no volume holds`)
}

function secretsIn(
  volume: Pod['spec']['volumes'][number] | undefined,
): { secret: string; items: z.output<typeof Items> }[] {
  const projected = volume?.projected?.sources.map(({ secret }) => ({ secret: secret.name, items: secret.items })) ?? []
  return [...projected, ...(volume?.secret ? [{ secret: volume.secret.secretName, items: volume.secret.items }] : [])]
}

/** Every secret that a pod takes, by environment or as a file, as `name/key`. */
export function secretKeysOf({ spec }: Pod): string[] {
  const inEnvironment = spec.containers.flatMap(({ env }) =>
    env.flatMap(({ valueFrom }) => (valueFrom?.secretKeyRef ? [valueFrom.secretKeyRef] : [])),
  )
  const inFiles = spec.volumes.flatMap((volume) =>
    secretsIn(volume).flatMap(({ secret, items }) => items.map(({ key }) => ({ name: secret, key }))),
  )
  return [...inEnvironment, ...inFiles].map(({ name, key }) => `${name}/${key}`)
}
