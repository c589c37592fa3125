import type { PanelModel } from '@concord/contracts/panel'
import type { SubmitQuery } from '@concord/contracts/queries'
import { AppError, invalidField } from '@concord/service-kit/errors'
import type { QuerySettings } from '../ports.ts'

const mostByDefault = 4

/** The body with its defaults. Throws 422 for settings that cannot go together, 400 for a preprompt that there is not. */
export function resolveSettings(body: SubmitQuery): QuerySettings {
  const { answer_type = 'auto', choices = null, preprompt_id = null } = body
  if (preprompt_id !== null) throw invalidField('#/preprompt_id', 'there is no such preprompt')
  if (answer_type === 'choice' && choices === null) throw impossible('#/choices', 'answer_type choice needs choices')
  if (answer_type !== 'choice' && choices !== null)
    throw impossible('#/choices', 'choices go with answer_type choice only')
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
