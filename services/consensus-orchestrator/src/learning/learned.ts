import type { PanelModel } from '@concord/contracts/panel'
import { domains } from '@concord/contracts/domains'
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
      return found === undefined ? {} : forPanel(models, found)
    },
    shown(model) {
      const rows = rowsOf(model)
      const overall = rows.find(({ scope }) => scope === 'overall')?.shown ?? shownReliability('overall', [])
      const graded = domains.flatMap((domain) =>
        rows.filter(({ scope, shown }) => scope === domain && shown.graded_items > 0).map(({ shown }) => shown),
      )
      return [overall, ...graded]
    },
  }
}

const [coldest, hottest] = [0.5, 8]

/**
 * T = 1 + (n − 1) r: the correlation of errors is what was fitted, and it weighs more the larger the panel. What a family is worth in the
 * company of others holds for that company alone.
 */
function forPanel(models: readonly PanelModel[], { models: fittedOn, settings }: Fitted): FittedSettings {
  const { influence, ...general } = settings
  if (models.length === fittedOn && isOfFamilies(models, influence)) return settings
  const { temperature } = general
  if (temperature === undefined || fittedOn < 2) return general
  const scaled = 1 + ((temperature - 1) * (models.length - 1)) / (fittedOn - 1)
  return { ...general, temperature: Math.min(hottest, Math.max(coldest, scaled)) }
}

function isOfFamilies(models: readonly PanelModel[], influence: FittedSettings['influence'] = {}): boolean {
  const families = new Set(models.map(({ family }) => family))
  return families.size === Object.keys(influence).length && [...families].every((one) => Object.hasOwn(influence, one))
}
