import type { PanelModel } from '@concord/contracts/panel'
import type { TurnPrompt } from '@concord/contracts/turns'
import { shuffle } from '../decision/shuffle.ts'
import { isSameModel, keyOf } from '../learning/model-key.ts'
import type { Deps, QuerySettings } from '../ports.ts'
import { openingPrompt } from '../prompts/opening.ts'
import { utcDay } from '../submission/day.ts'
import { chooseAnchor } from './choose-anchor.ts'
import type { Anchor, AnchorTurn } from './ports.ts'

type AskDeps = Pick<
  Deps,
  'anchors' | 'inTransaction' | 'panel' | 'now' | 'newId' | 'newToken' | 'settings' | 'measures'
>

const dayMs = 24 * 60 * 60 * 1_000
const keptDays = 400
const mostOutputTokens = 4_000
const charactersPerToken = 3
/** An answer that is this late is not on its way any more. */
const graceMs = 60_000

/**
 * Asks each model that has a question left for the day one of them, as an ordinary blind opening. One replica at a time, all or nothing, and
 * never for more than the day may cost: what is still out counts with the most it can cost. Gives how many were asked.
 */
export async function askAnchors(deps: AskDeps): Promise<number> {
  const { anchors, settings, now } = deps
  const { perDay, usdPerDay } = settings.anchors
  const at = now()
  const lost = await deps.inTransaction((tx) => tx.loseAnchorTurns(new Date(at.getTime() - graceMs)))
  for (let one = 0; one < lost; one++) deps.measures.anchorEnded({ status: 'lost', costUsd: 0 })
  if (perDay === 0 || anchors.length === 0) return 0
  const models = (await deps.panel()).filter((model) => canBeAsked(model, settings.anchors.sandbox))

  return deps.inTransaction(async (tx) => {
    if (!(await tx.takeTask('anchors'))) return 0
    const today = await tx.anchorTurnsSince(new Date(`${utcDay(at)}T00:00:00.000Z`))
    const countToday = (model: PanelModel) => today.filter((turn) => isSameModel(turn, keyOf(model))).length
    const due = models
      .filter((model) => countToday(model) < perDay)
      .filter((model) => !today.some((turn) => turn.status === 'asked' && isSameModel(turn, keyOf(model))))
      .toSorted((a, b) => countToday(a) - countToday(b))
    if (due.length === 0) return 0

    const past = await tx.askedAnchors(new Date(at.getTime() - keptDays * dayMs))
    let spent = today.reduce((sum, { costUsd }) => sum + costUsd, 0)
    const asked: (AnchorTurn & { prompt: TurnPrompt })[] = []
    for (const model of due) {
      const own = past.filter((turn) => isSameModel(turn, keyOf(model)))
      const anchor = chooseAnchor(anchors, own, at)
      if (anchor === undefined) continue
      const turn = turnFor(deps, model, anchor, at)
      if (spent + turn.costUsd > usdPerDay) continue
      spent += turn.costUsd
      asked.push(turn)
    }
    await tx.askAnchors(asked)
    return asked.length
  })
}

function canBeAsked({ state }: PanelModel, sandbox: boolean): boolean {
  return state === 'ok' || state === 'degraded' || (sandbox && state === 'sandbox')
}

function turnFor(
  { newId, newToken, settings }: AskDeps,
  model: PanelModel,
  anchor: Anchor,
  askedAt: Date,
): AnchorTurn & { prompt: TurnPrompt } {
  const id = newId('anc')
  const whole = openingPrompt({ question: anchor.question, settings: settingsFor(anchor, model), token: newToken() })
  const max_output_tokens = Math.min(mostOutputTokens, whole.max_output_tokens, model.limits.max_output_tokens)
  const prompt = { ...whole, max_output_tokens }
  return {
    ...keyOf(model),
    id,
    turnId: newId('trn'),
    anchorId: anchor.id,
    domain: anchor.domain,
    status: 'asked',
    askedAt,
    deadlineAt: new Date(askedAt.getTime() + settings.turnDeadlineMs),
    costUsd: mostCost(model, prompt),
    prompt,
  }
}

/** Choices in another order for every model: a preference for the first place is no knowledge. */
function settingsFor({ id, answer_type, choices }: Anchor, { name }: PanelModel): QuerySettings {
  return {
    debate_rounds: 0,
    consensus_threshold: 0.75,
    answer_type,
    choices: choices === null ? null : shuffle(choices, `${id} ${name}`),
    language: 'auto',
    effort: 'thorough',
    max_cost_usd: null,
    deadline_s: 120,
  }
}

/** US dollars. */
function mostCost({ prices }: PanelModel, { system, user, max_output_tokens }: TurnPrompt): number {
  const inputTokens = (system.length + user.length) / charactersPerToken
  const { input_usd_per_million_tokens: input, output_usd_per_million_tokens: output } = prices
  return (inputTokens * input + max_output_tokens * output) / 1_000_000
}
