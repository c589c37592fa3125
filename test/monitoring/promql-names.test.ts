import { expect, test } from 'vitest'
import { readExposition } from './exposition.ts'
import { namesIn } from './promql-names.ts'

test('metrics, the labels of their braces and those of groupings are found; functions, words and durations are not', () => {
  const expr = `histogram_quantile(0.95, sum by (route, le) (rate(a_bucket{service="g{x=",route!~".*(b|c).*"}[5m])))
    > 3 * avg_over_time(ns:b:avg1h[7d] offset 1h) and on (model) c`

  expect(namesIn(expr)).toEqual({
    selectors: [
      { metric: 'a_bucket', labels: ['service', 'route'] },
      { metric: 'ns:b:avg1h', labels: [] },
      { metric: 'c', labels: [] },
    ],
    grouping: ['route', 'le', 'model'],
  })
})

test('an exposition gives every series its name and labels, also the parts of a histogram and what has no series yet', () => {
  const text = `# TYPE a histogram\na_bucket{le="1",path="x,y=\\"z\\""} 3\na_sum 2\na_count 1\n# TYPE b counter\n`
  const exported = readExposition([text])

  expect([...exported.keys()]).toEqual(['a_bucket', 'a_sum', 'a_count', 'b'])
  expect([...(exported.get('a_bucket')?.labels ?? [])]).toEqual(['le', 'path'])
})
