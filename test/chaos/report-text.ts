import { guarantees } from './audit.ts'
import type { Figures } from './figures.ts'
import type { Report } from './run.ts'

const inWords = {
  lost: 'lost',
  doubled: 'doubled',
  miscounted: 'counted twice or not at all',
  stuck: 'stuck beyond their deadline',
  gaps: 'gaps in events',
  askedAgain: 'stored turns asked again',
}

/** What must be zero, with the first findings of each that is not. */
export function toText({ seed, verdict, faults, failures, errors, surprises, clean }: Report): string {
  const found = guarantees.flatMap((name) =>
    verdict[name].slice(0, 10).map(({ what, detail }) => `    ${inWords[name]}: ${what}: ${detail}`),
  )
  return [
    `seed ${seed}: ${verdict.asked} asked, ${verdict.accepted} accepted, ${verdict.completed} completed (${verdict.degraded} degraded), ${verdict.failedHonestly} failed with a reason,`,
    `  ${verdict.refused} refused by their plan, ${verdict.unanswered} never answered and never accepted; ${faults.length} faults`,
    `  ${guarantees.map((name) => `${inWords[name]} ${verdict[name].length}`).join(', ')}`,
    ...found,
    ...surprises.slice(0, 10).map((surprise) => `    unexpected: ${surprise}`),
    ...faults.flatMap(({ name, failure }) => (failure === undefined ? [] : [`    ${name}: ${failure}`])),
    `  failures: ${JSON.stringify(failures)}`,
    `  errors that clients met: ${JSON.stringify(errors)}`,
    ...faults.map(
      (fault) =>
        `  ${fault.name} (${fault.target}), ${((fault.healedAtMs - fault.startedAtMs) / 1_000).toFixed(1)} s: ${inFigures(fault.before)} | ${inFigures(fault.during)} | ${inFigures(fault.after)}`,
    ),
    clean ? 'clean' : 'NOT CLEAN',
  ].join('\n')
}

/** Calls a second, their p50 and p99 in ms, ends of queries a second with theirs, errors. */
function inFigures({ rate, p50Ms, p99Ms, endsPerS, endP50Ms, endP99Ms, errors }: Figures): string {
  const ms = (value: number | undefined): string => (value === undefined ? '–' : String(Math.round(value)))
  return `${rate.toFixed(1)}/s ${ms(p50Ms)}/${ms(p99Ms)} ms, ends ${endsPerS.toFixed(1)}/s ${ms(endP50Ms)}/${ms(endP99Ms)} ms, ${errors} errors`
}

export function labelOf(name: (typeof guarantees)[number]): string {
  return inWords[name]
}
