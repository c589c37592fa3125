import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'

const folder = 'monitoring/prometheus/rules'
const head = `# Written by \`npm run generate\` from ${folder}: the Prometheus operator takes rules as an object only.
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: concord
  labels: { release: kube-prometheus-stack }
spec:
  groups:
`

/** All rule files as one PrometheusRule in YAML, comments and all: each file is a list of groups under the key `groups`. */
export function prometheusRule(): string {
  const files = readdirSync(folder).toSorted()
  return head + files.map((name) => groupsOf(readFileSync(path.join(folder, name), 'utf8'))).join('')
}

function groupsOf(text: string): string {
  return text.replace(/^groups:\n/m, '').replaceAll(/^(?=.)/gm, '  ')
}
