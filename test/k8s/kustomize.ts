import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'

const Strings = z.record(z.string(), z.string())
const Options = z.strictObject({ labels: Strings.optional(), disableNameSuffixHash: z.boolean().optional() })

export const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: Strings.optional() }),
})
export type Manifest = z.output<typeof Manifest>

const Generator = z.strictObject({
  name: z.string(),
  behavior: z.literal('merge').optional(),
  literals: z.array(z.string()).default([]),
  envs: z.array(z.string()).default([]),
  files: z.array(z.string()).default([]),
  options: Options.default({}),
})

const Patch = z.strictObject({
  path: z.string(),
  target: z.strictObject({ kind: z.string(), name: z.string().optional(), labelSelector: z.string().optional() }),
})

const Operations = z.array(
  z.strictObject({ op: z.enum(['add', 'replace']), path: z.string().startsWith('/'), value: z.unknown() }),
)

/** What our kustomizations use of Kustomize, and nothing else: whatever is not here fails. */
const Kustomization = z.strictObject({
  apiVersion: z.string().optional(),
  kind: z.enum(['Kustomization', 'Component']).optional(),
  namespace: z.string().optional(),
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  configMapGenerator: z.array(Generator).default([]),
  patches: z.array(Patch).default([]),
  images: z.array(z.strictObject({ name: z.string(), newName: z.string().optional(), newTag: z.string() })).default([]),
})
type Kustomization = z.output<typeof Kustomization>

/** All objects of a folder with a kustomization, as `kubectl kustomize` gives them but for namespaces and the hashes in names. */
export function kustomize(folder: string): Manifest[] {
  return apply(read(folder), folder, [])
}

/** The same for a kustomization that is in no file; its paths begin at `folder`. */
export function kustomizeWith(kustomization: z.input<typeof Kustomization>, folder: string): Manifest[] {
  return apply(Kustomization.parse(kustomization), folder, [])
}

function read(folder: string): Kustomization {
  return Kustomization.parse(parse(readFileSync(path.join(folder, 'kustomization.yaml'), 'utf8')))
}

function apply(kustomization: Kustomization, folder: string, before: readonly Manifest[]): Manifest[] {
  const at = (name: string): string => path.join(folder, name)
  let manifests = [...before, ...kustomization.resources.flatMap((name) => resource(at(name)))]
  for (const generator of kustomization.configMapGenerator) manifests = withConfigMap(manifests, generator, folder)
  for (const name of kustomization.components) manifests = apply(read(at(name)), at(name), manifests)
  for (const { path: file, target } of kustomization.patches) {
    const operations = Operations.parse(parse(readFileSync(at(file), 'utf8')))
    const targets = manifests.filter((manifest) => isTarget(manifest, target))
    if (targets.length === 0) throw new Error(`${at(file)} patches nothing`)
    for (const manifest of targets)
      for (const { path: place, value } of operations) set(manifest, stepsOf(place), value)
  }
  for (const image of kustomization.images) for (const manifest of manifests) rename(manifest, image)
  return manifests
}

function resource(file: string): Manifest[] {
  if (statSync(file).isDirectory()) return kustomize(file)
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => Manifest.parse(document.toJS()))
}

function withConfigMap(manifests: Manifest[], generator: z.output<typeof Generator>, folder: string): Manifest[] {
  const lines = generator.envs.flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n'))
  const pairs = [...generator.literals, ...lines.filter((line) => line !== '' && !line.startsWith('#'))].map(
    (line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)],
  )
  const files = generator.files.map((name): [string, string] => [
    path.basename(name),
    readFileSync(path.join(folder, name), 'utf8'),
  ])
  const { name, behavior, options } = generator
  const existing = manifests.find((manifest) => manifest.kind === 'ConfigMap' && manifest.metadata.name === name)
  if ((behavior === 'merge') !== (existing !== undefined)) throw new Error(`${folder}: ${name} cannot be generated so`)
  const data = { ...Strings.parse(existing?.['data'] ?? {}), ...Object.fromEntries([...pairs, ...files]) }
  const made = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, ...(options.labels ? { labels: options.labels } : {}) },
    data,
  }
  return [...manifests.filter((manifest) => manifest !== existing), made]
}

function isTarget({ kind, metadata }: Manifest, target: z.output<typeof Patch>['target']): boolean {
  const [label = '', value] = target.labelSelector?.split('=') ?? []
  return (
    kind === target.kind &&
    (target.name === undefined || metadata.name === target.name) &&
    (target.labelSelector === undefined || metadata.labels?.[label] === value)
  )
}

/** RFC 6902's `add` and `replace` as far as they are used: a member of an object, or the end of a list. */
function set(target: unknown, [step = '', ...rest]: readonly string[], value: unknown): void {
  if (Array.isArray(target)) {
    if (rest.length > 0) set(target[Number(step)], rest, value)
    else if (step === '-') target.push(structuredClone(value))
    else throw new Error(`a patch puts something into the middle of a list: ${step}`)
    return
  }
  const members = z.record(z.string(), z.unknown()).safeParse(target)
  if (!members.success || typeof target !== 'object' || target === null)
    throw new Error(`a patch leads nowhere: ${step}`)
  if (rest.length > 0) set(Reflect.get(target, step), rest, value)
  else Reflect.set(target, step, structuredClone(value))
}

function stepsOf(place: string): string[] {
  return place
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function rename(node: unknown, image: { name: string; newName?: string | undefined; newTag: string }): void {
  if (typeof node !== 'object' || node === null) return
  if (Reflect.get(node, 'image') === image.name)
    Reflect.set(node, 'image', `${image.newName ?? image.name}:${image.newTag}`)
  for (const value of Object.values(node)) rename(value, image)
}
