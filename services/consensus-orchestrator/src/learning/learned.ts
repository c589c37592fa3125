import { plainPrior } from '../decision/weights.ts'
import { keyOf, keyText } from './model-key.ts'
import type { Fitted, FittedSettings, Learned, LearnedCache, LearnedReliability, Snapshot } from './ports.ts'
import { shownReliability } from './shown-reliability.ts'

const freshMs = 5_000
/** So long an old reading is better than none. */
const usableMs = 600_000

/** Read at most every five seconds, however many ask at once; while it is read anew, the one before is good enough. */
export function learnedCache(read: () => Promise<Snapshot>, now: () => Date): LearnedCache {
  let held: { learned: Learned; at: number } | undefined
  let reading: Promise<Learned> | undefined
  let version = 0

  function readAnew(): Promise<Learned> {
    const asked = version
    const fresh = read()
      .then((snapshot) => {
        const learned = learnedFrom(snapshot)
        if (asked === version) held = { learned, at: now().getTime() }
        return learned
      })
      .finally(() => {
        if (asked === version) reading = undefined
      })
    reading = fresh
    return fresh
  }

  return {
    async current() {
      const age = held ? now().getTime() - held.at : Infinity
      if (held && age < freshMs) return held.learned
      const fresh = reading ?? readAnew()
      if (!held || age >= usableMs) return fresh
      fresh.catch(() => undefined)
      return held.learned
    },
    forget() {
      version += 1
      held = undefined
      reading = undefined
    },
  }
}

export function learnedFrom({ reliabilities, fitted }: Snapshot): Learned {
  const byModel = Map.groupBy(reliabilities, keyText)
  const rowsOf = (model: Parameters<Learned['of']>[0]): readonly LearnedReliability[] =>
    byModel.get(keyText(keyOf(model))) ?? []
  return {
    of(model, domain) {
      const rows = rowsOf(model)
      const row = rows.find(({ scope }) => scope === domain) ?? rows.find(({ scope }) => scope === 'overall')
      return row?.current ?? plainPrior
    },
    settings(models, domain) {
      const [kind, ...others] = new Set(models.map((model) => keyOf(model).sandbox))
      if (kind === undefined || others.length > 0) return {}
      const ofKind = fitted.filter(({ sandbox }) => sandbox === kind)
      const found = ofKind.find(({ scope }) => scope === domain) ?? ofKind.find(({ scope }) => scope === 'overall')
      return found === undefined ? {} : forPanelOf(models.length, found)
    },
    shown(model) {
      const rows = rowsOf(model)
      const overall = rows.find(({ scope }) => scope === 'overall')?.shown ?? shownReliability('overall', [])
      const domains = rows.filter(({ scope, shown }) => scope !== 'overall' && shown.graded_items > 0)
      return [overall, ...domains.map(({ shown }) => shown)]
    },
  }
}

const [coldest, hottest] = [0.5, 8]

/** T = 1 + (n − 1) r: the correlation of errors is what was fitted, and it weighs more the larger the panel. */
function forPanelOf(models: number, { models: fittedOn, settings }: Fitted): FittedSettings {
  const { temperature } = settings
  if (temperature === undefined || fittedOn < 2) return settings
  const scaled = 1 + ((temperature - 1) * (models - 1)) / (fittedOn - 1)
  return { ...settings, temperature: Math.min(hottest, Math.max(coldest, scaled)) }
}
