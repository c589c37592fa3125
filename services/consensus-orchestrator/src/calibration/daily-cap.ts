import type { Reliability } from '../decision/model.ts'
import { probabilityOf } from '../decision/weights.ts'

/** How far what is believed of a model may move in a day. */
const mostPerDay = 0.05

const probes = [null, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99]
const precision = 20

/** As far from the former to the latest reliability as no ballot's probability changes by more than `most`. */
export function cappedChange(former: Reliability, latest: Reliability, most = mostPerDay): Reliability {
  if (moved(former, latest) <= most) return latest
  let [low, high] = [0, 1]
  for (let step = 0; step < precision; step++) {
    const middle = (low + high) / 2
    if (moved(former, between(former, latest, middle)) <= most) low = middle
    else high = middle
  }
  return between(former, latest, low)
}

function moved(from: Reliability, to: Reliability): number {
  return Math.max(
    Math.abs(to.mean - from.mean),
    ...probes.map((stated) => Math.abs(probabilityOf(to, stated) - probabilityOf(from, stated))),
  )
}

/** Where only one of the two has Platt parameters, the other says the same at every confidence: its mean. */
function between(from: Reliability, to: Reliability, share: number): Reliability {
  const mix = (a: number, b: number) => a + (b - a) * share
  const mean = mix(from.mean, to.mean)
  if (from.platt === undefined && to.platt === undefined) return { mean, gradedItems: to.gradedItems }
  const [start, end] = [plattOf(from), plattOf(to)]
  return { mean, gradedItems: to.gradedItems, platt: { a: mix(start.a, end.a), b: mix(start.b, end.b) } }
}

function plattOf({ platt, mean }: Reliability): { a: number; b: number } {
  return platt ?? { a: 0, b: Math.log(mean / (1 - mean)) }
}
