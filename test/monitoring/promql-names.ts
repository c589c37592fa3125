/** A selector: the metric and the labels that its braces, or the grouping around it, name. */
export type Selector = { metric: string; labels: string[] }
export type Names = { selectors: Selector[]; grouping: string[] }

const words = new Set(
  'and or unless on ignoring group_left group_right by without bool offset inf nan start end sum min max avg count topk bottomk quantile stddev stdvar group count_values'.split(
    ' ',
  ),
)

/**
 * Which metrics and labels a PromQL expression names. Reads words, not grammar: `promtool` has checked the grammar.
 * `grouping` holds the labels of by, on and their like, whose metric only the grammar would tell.
 */
export function namesIn(expr: string): Names {
  const plain = expr.replace(/"(?:[^"\\]|\\.)*"/g, '""')
  const grouping: string[] = []
  const without = plain.replace(
    /\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)/g,
    (_, list: string) => {
      grouping.push(
        ...list
          .split(',')
          .map((label) => label.trim())
          .filter(Boolean),
      )
      return ' '
    },
  )
  const selectors: Selector[] = []
  for (const [, metric = '', after = '', inside = ''] of without
    .replace(/\[[^\]]*\]/g, '')
    .matchAll(/(?<![\w:.])([a-z_][\w:]*)\s*(\(|\{([^}]*)\})?/gi)) {
    if (after === '(' || words.has(metric.toLowerCase()) || /^\d/.test(metric)) continue
    selectors.push({
      metric,
      labels: [...inside.matchAll(/([a-z_]\w*)\s*(?:=~|!~|!=|=)/gi)].map(([, label = '']) => label),
    })
  }
  return { selectors, grouping }
}
