import path from 'node:path'
import { root } from '@concord/testing/node-process'
import { kustomize, kustomizeWith, type Manifest } from './kustomize.ts'
import { workloadsOf, type Workload } from './workloads.ts'

type Cluster = { name: string; manifests: Manifest[]; workloads: Workload[] }

const folder = path.join(root, 'k8s')

function cluster(name: string, manifests: Manifest[]): Cluster {
  return { name, manifests, workloads: workloadsOf(manifests) }
}

const migration = kustomize(path.join(folder, 'overlays/prod/migrate'))

/** What an operator may apply: development; production with its migration; and production without an ingress controller, with traces. */
export const clusters: readonly Cluster[] = [
  cluster('dev', kustomize(path.join(folder, 'overlays/dev'))),
  cluster('prod', [...kustomize(path.join(folder, 'overlays/prod')), ...migration]),
  cluster(
    'load balancer',
    kustomizeWith(
      {
        resources: ['base', 'overlays/prod/managed-engines.yaml'],
        components: ['components/load-balancer', 'components/traces', 'overlays/prod/images'],
      },
      folder,
    ),
  ),
]
