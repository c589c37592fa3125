/** Metric names as `# TYPE` tells them, each with the label names that its series carry. */
export type Exported = Map<string, { type: string; labels: Set<string> }>

const parts: Record<string, readonly string[]> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
}

/** Reads Prometheus' text format, of as many scrapes as there are. */
export function readExposition(texts: readonly string[]): Exported {
  const exported: Exported = new Map()
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const [, declared = '', type = ''] = /^# TYPE (\S+) (\S+)/.exec(line) ?? []
    for (const part of declared ? (parts[type] ?? ['']) : [])
      if (!exported.has(declared + part)) exported.set(declared + part, { type, labels: new Set() })
    const [, name = '', inside = ''] = /^([a-z_:][\w:]*)(?:\{(.*)\})? \S+/i.exec(line) ?? []
    const metric = exported.get(name)
    for (const [, label = ''] of inside.matchAll(/(?:^|,)([a-z_]\w*)="(?:[^"\\]|\\.)*"/gi)) metric?.labels.add(label)
  }
  return exported
}
