import type { PanelModel } from '@concord/contracts/panel'
import type { SubmitQuery } from '@concord/contracts/queries'
import { AppError, invalidField } from '@concord/service-kit/errors'
import { canonicalise } from '../decision/canonicalise.ts'
import { cleanFinal } from '../decision/clean-final.ts'
import { foldText } from '../decision/fold-text.ts'
import type { QuerySettings } from '../ports.ts'

const mostByDefault = 4

/** The body with its defaults. Throws 422 for settings that cannot go together, 400 for a preprompt that there is not. */
export function resolveSettings(body: SubmitQuery): QuerySettings {
  const { answer_type = 'auto', choices = null, preprompt_id = null } = body
  if (preprompt_id !== null) throw invalidField('#/preprompt_id', 'there is no such preprompt')
  if (answer_type === 'choice' && choices === null) throw impossible('#/choices', 'answer_type choice needs choices')
  if (answer_type !== 'choice' && choices !== null)
    throw impossible('#/choices', 'choices go with answer_type choice only')
  if (nothingSeen.test(body.query)) throw impossible('#/query', 'expected some text')
  if (!isKnownLanguage(body.language ?? 'auto'))
    throw impossible('#/language', `there is no language ${body.language ?? ''}`)
  refuseEqualChoices(choices ?? [])
  return {
    debate_rounds: body.debate_rounds ?? 2,
    consensus_threshold: body.consensus_threshold ?? 0.75,
    answer_type,
    choices,
    language: body.language ?? 'auto',
    effort: body.effort ?? 'thorough',
    max_cost_usd: body.max_cost_usd ?? null,
    deadline_s: body.deadline_s ?? 120,
  }
}

/** Blanks and signs that take no room, and nothing else. */
const nothingSeen = /^[\s\p{Default_Ignorable_Code_Point}\p{Cf}]*$/u

const languageNames = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'none' })

function isKnownLanguage(tag: string): boolean {
  return tag === 'auto' || languageNames.of(tag.split('-', 1)[0] ?? tag) !== undefined
}

const onlyANumber = /^[-+]?[\d.,/%\s]+$/

/** What the council takes for one answer cannot be two choices. Only what is a number throughout is compared as one: prose may hold the same. */
function refuseEqualChoices(choices: readonly string[]): void {
  const seen = new Map<string, number>()
  for (const [index, choice] of choices.entries()) {
    const text = cleanFinal(choice)
    const key = (onlyANumber.test(text) ? canonicalise(text)?.key : undefined) ?? foldText(text)
    const first = seen.get(key)
    if (first !== undefined) throw impossible(`#/choices/${index}`, `this is the same answer as choice ${first + 1}`)
    seen.set(key, index)
  }
}

/** The models to ask. Throws a 400 that names each one that is unknown or has no key. */
export function choosePanel(asked: readonly string[] | undefined, models: readonly PanelModel[]): PanelModel[] {
  const configured = models.filter(({ state }) => state !== 'unconfigured')
  if (!asked) {
    if (configured.length === 0) throw new AppError('unavailable', 'no model is configured', { retryAfterS: 60 })
    return configured.slice(0, mostByDefault)
  }
  const errors = asked.flatMap((name, index) => {
    if (configured.some((model) => model.name === name)) return []
    const known = models.some((model) => model.name === name)
    return [
      { pointer: `#/models/${index}`, detail: `${name} is ${known ? 'not configured' : 'not a model of the panel'}` },
    ]
  })
  const [first] = errors
  if (first) throw new AppError('invalid-request', `${first.pointer}: ${first.detail}`, { errors })
  return asked.flatMap((name) => configured.find((model) => model.name === name) ?? [])
}

export function impossible(pointer: string, detail: string): AppError {
  return new AppError('unprocessable', `${pointer}: ${detail}`, { errors: [{ pointer, detail }] })
}
