import type { Scores } from './scores.ts'

const size = 320
const margin = { left: 46, right: 12, top: 30, bottom: 42 }
const width = size + margin.left + margin.right
const height = size + margin.top + margin.bottom
const largestRadius = 11
const smallestRadius = 2.5

/**
 * How often conclusions of each confidence were right, as SVG: on the diagonal where confidence means what it says. Area shows how many
 * there were, and a bar the 95 % interval of the share.
 */
export function reliabilityDiagram(title: string, { bins, questions }: Scores): string {
  const filled = bins.filter(({ count }) => count > 0)
  const points = filled.map(({ count, confidence, right }) => ({
    x: confidence / count,
    y: right / count,
    count,
    radius: Math.max(smallestRadius, largestRadius * Math.sqrt(count / questions)),
  }))
  const ticks = [0, 0.25, 0.5, 0.75, 1]
  const grid = ticks.flatMap((tick) => [
    `<path class="grid" d="M${px(tick)} ${py(0)}V${py(1)}M${px(0)} ${py(tick)}H${px(1)}"/>`,
    `<text x="${px(tick)}" y="${height - 22}" text-anchor="middle">${tick}</text>`,
    `<text x="${margin.left - 6}" y="${py(tick) + 4}" text-anchor="end">${tick}</text>`,
  ])
  const line = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${px(x)} ${py(y)}`).join('')
  const bars = points.map(({ x, y, count }) => {
    const { low, high } = wilsonInterval(y, count)
    return `<path class="bar" d="M${px(x)} ${py(low)}V${py(high)}"/>`
  })
  const dots = points.map(
    ({ x, y, count, radius }) =>
      `<circle cx="${px(x)}" cy="${py(y)}" r="${radius.toFixed(1)}"><title>${count} at ${x.toFixed(3)}: ${y.toFixed(3)} right</title></circle>`,
  )
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    '<style>text{font:11px system-ui,sans-serif;fill:#444}.grid{stroke:#ddd}.even{stroke:#999;stroke-dasharray:4 4}.line{fill:none;stroke:#0b63b5}.bar{stroke:#0b63b5;stroke-opacity:.35;stroke-width:3}circle{fill:#0b63b5;fill-opacity:.75}</style>',
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    `<text x="${margin.left}" y="18">${escaped(title)}</text>`,
    ...grid,
    `<path class="even" d="M${px(0)} ${py(0)}L${px(1)} ${py(1)}"/>`,
    `<path class="line" d="${line}"/>`,
    ...bars,
    ...dots,
    `<text x="${px(0.5)}" y="${height - 6}" text-anchor="middle">confidence</text>`,
    `<text transform="translate(12 ${py(0.5)}) rotate(-90)" text-anchor="middle">right</text>`,
    '</svg>',
  ].join('\n')}\n`
}

/** The 95 % interval of a binomial share (Wilson, 1927). */
function wilsonInterval(share: number, count: number): { low: number; high: number } {
  const z = 1.96
  const centre = (share + (z * z) / (2 * count)) / (1 + (z * z) / count)
  const reach = (z / (1 + (z * z) / count)) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))
  return { low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) }
}

function px(share: number): number {
  return Math.round((margin.left + share * size) * 10) / 10
}

function py(share: number): number {
  return Math.round((margin.top + (1 - share) * size) * 10) / 10
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;')
}
