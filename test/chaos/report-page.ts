import { guarantees } from './audit.ts'
import { between } from './figures.ts'
import type { Figures } from './figures.ts'
import { labelOf } from './report-text.ts'
import type { Report } from './run.ts'

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: #1d2330; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { text-align: right; padding: .25rem .5rem; border-bottom: 1px solid #dde1ea; } th:first-child, td:first-child { text-align: left; }
  .zeros { display: flex; flex-wrap: wrap; gap: .75rem; } .zeros div { border: 1px solid #dde1ea; border-radius: .5rem; padding: .5rem 1rem; }
  .zeros b { display: block; font-size: 1.6rem; } .bad b { color: #b3261e; } .good b { color: #1b7f4b; }
  svg { width: 100%; height: auto; } .wrap { overflow-x: auto; }
  @media (prefers-color-scheme: dark) { body { background: #14171f; color: #e6e9f0; } th, td, .zeros div { border-color: #333a49; } }`

/** A page that stands alone: the zeros, a picture of the whole run, and the figures around each fault. */
export function toPage(report: Report): string {
  const { verdict, faults, clean, seed, startedAt, seconds, clients } = report
  const tiles = guarantees.map((name) => {
    const { length } = verdict[name]
    return `<div class="${length === 0 ? 'good' : 'bad'}"><b>${length}</b>${labelOf(name)}</div>`
  })
  const found = guarantees.flatMap((name) =>
    verdict[name].map(({ what, detail }) => `<li>${labelOf(name)}: ${escaped(what)}: ${escaped(detail)}</li>`),
  )
  const rows = faults.map(
    ({ name, target, startedAtMs, healedAtMs, failure, before, during, after }) =>
      `<tr><td>${escaped(name)}<br><small>${escaped(failure ?? target)}</small></td><td>${seconds1(startedAtMs)}</td><td>${seconds1(healedAtMs - startedAtMs)}</td>${[before, during, after].map(cells).join('')}</tr>`,
  )
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chaos, seed ${seed}: ${clean ? 'clean' : 'not clean'}</title><style>${style}</style>
<h1>Chaos, seed ${seed}: ${clean ? 'clean' : 'not clean'}</h1>
<p>${escaped(startedAt)}, ${Math.round(seconds)} s of faults, ${clients} clients and users of the free plan beside them. ${verdict.asked} questions asked,
${verdict.accepted} accepted, ${verdict.completed} completed (${verdict.degraded} without some model), ${verdict.failedHonestly} failed with a reason,
${verdict.refused} refused by their plan, ${verdict.unanswered} never answered and never accepted.</p>
<div class="zeros">${tiles.join('')}</div>
${found.length > 0 ? `<h2>Findings</h2><ul>${found.join('')}</ul>` : ''}
${report.surprises.length > 0 ? `<h2>Unexpected</h2><ul>${report.surprises.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>` : ''}
<h2>The run: things done a second, faults shaded</h2>${picture(report)}
<h2>Before, during and after each fault</h2><div class="wrap"><table>
<tr><th rowspan="2">fault</th><th rowspan="2">at, s</th><th rowspan="2">held, s</th>${['before', 'during', 'after'].map((when) => `<th colspan="4">${when}</th>`).join('')}</tr>
<tr>${'<th>calls/s</th><th>p50/p99 ms</th><th>to the end p50/p99 ms</th><th>errors</th>'.repeat(3)}</tr>${rows.join('')}</table></div>
<h2>Errors that clients met</h2><table><tr><th>what</th><th>times</th></tr>${Object.entries(report.errors)
    .map(([name, times]) => `<tr><td>${escaped(name)}</td><td>${times}</td></tr>`)
    .join('')}</table>
<h2>Why queries failed</h2><table><tr><th>code</th><th>times</th></tr>${Object.entries(report.failures)
    .map(([code, times]) => `<tr><td>${escaped(code)}</td><td>${times}</td></tr>`)
    .join('')}</table>
</html>
`
}

function cells({ rate, p50Ms, p99Ms, endP50Ms, endP99Ms, errors }: Figures): string {
  return `<td>${rate.toFixed(1)}</td><td>${ms(p50Ms)} / ${ms(p99Ms)}</td><td>${ms(endP50Ms)} / ${ms(endP99Ms)}</td><td>${errors}</td>`
}

function picture({ samples, faults }: Report): string {
  const endMs = Math.max(1_000, ...samples.map(({ startedAtMs, tookMs }) => startedAtMs + tookMs))
  const [width, height] = [1_000, 160]
  const stepMs = Math.max(1_000, endMs / 300)
  const steps = Array.from({ length: Math.ceil(endMs / stepMs) }, (_, n) =>
    between(samples, n * stepMs, (n + 1) * stepMs),
  )
  const most = Math.max(1, ...steps.map(({ rate }) => rate))
  const x = (atMs: number): string => ((atMs / endMs) * width).toFixed(1)
  const line = (of: (figures: Figures) => number): string =>
    steps
      .map((figures, n) => `${x((n + 0.5) * stepMs)},${(height - (of(figures) / most) * height).toFixed(1)}`)
      .join(' ')
  const bands = faults.map(
    ({ name, target, startedAtMs, healedAtMs }) =>
      `<rect x="${x(startedAtMs)}" y="0" width="${Math.max(1, ((healedAtMs - startedAtMs) / endMs) * width).toFixed(1)}" height="${height}" fill="#e8a33d" fill-opacity=".3"><title>${escaped(`${name}: ${target}`)}</title></rect>`,
  )
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="things done a second over the run">${bands.join('')}
<polyline fill="none" stroke="#2f6fde" stroke-width="1.5" points="${line(({ rate }) => rate)}"/>
<polyline fill="none" stroke="#b3261e" stroke-width="1.5" points="${line(({ errors }) => (errors * 1_000) / stepMs)}"/></svg>
<p><small>Blue: all; red: those that failed. ${most.toFixed(0)} a second at the top, ${seconds1(endMs)} s at the right.</small></p>`
}

function ms(value: number | undefined): string {
  return value === undefined ? '–' : String(Math.round(value))
}

function seconds1(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
