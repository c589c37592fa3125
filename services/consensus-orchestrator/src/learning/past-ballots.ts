import type { ClosedDecision } from '../decision/model.ts'
import { optionCount } from '../decision/weights.ts'
import type { PanelEntry, Query, Turn } from '../ports.ts'
import { inPerCent } from './model-key.ts'
import type { ModelKey, PastBallots } from './ports.ts'

/** The openings of a closed question as who agreed with whom; undefined where fewer than two models gave an answer. */
export function pastBallots(
  { id, domain, panel, settings }: Pick<Query, 'id' | 'domain' | 'panel' | 'settings'>,
  turns: readonly Pick<Turn, 'model' | 'purpose' | 'sandbox'>[],
  decision: ClosedDecision,
): PastBallots | undefined {
  const answers = decision.stands.flatMap(({ opening }) => (opening === undefined ? [] : [opening]))
  if (answers.length < 2) return undefined
  const keys = [...new Set(answers)]
  const ballots = decision.stands.flatMap(({ model, opening, confidence }) => {
    const key = keyOfEntry(panel, turns, model)
    const answer = opening === undefined ? null : keys.indexOf(opening)
    return key === undefined ? [] : [{ ...key, answer, confidence: inPerCent(confidence) }]
  })
  const options = optionCount(
    decision.answerType,
    settings.choices,
    decision.positions.map(({ key }) => key),
  )
  return { queryId: id, domain, options, ballots }
}

/** Whose record a model's opening belongs to; undefined where it is not known which of the provider's models answered. */
export function keyOfEntry(
  panel: readonly PanelEntry[],
  turns: readonly Pick<Turn, 'model' | 'purpose' | 'sandbox'>[],
  model: string,
): ModelKey | undefined {
  const providerModel = panel.find(({ name }) => name === model)?.providerModel
  const opening = turns.find((turn) => turn.model === model && turn.purpose === 'opening')
  return providerModel === undefined || opening === undefined
    ? undefined
    : { model, providerModel, sandbox: opening.sandbox }
}
