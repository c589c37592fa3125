import type { PanelModel } from '@concord/contracts/panel'
import { describe, expect, test } from 'vitest'
import { aModel } from '../../test/neighbours.ts'
import type { Anchor, AnchorAnswer } from '../anchors/ports.ts'
import { randomFrom } from '../evaluation/random.ts'
import { fitSettings, type FitDeps } from './fit-settings.ts'
import type { Fitted } from './ports.ts'

const panel = ['gpt5', 'claude', 'gemini', 'grok'].map((name) => aModel({ name, family: name, state: 'ok' }))
const choices = ['Paris', 'Lyon', 'Nice', 'Lille']
const anchors = Array.from({ length: 80 }, (_, index): Anchor => ({
  id: `law-${index}`,
  domain: 'law',
  question: `Which, in case ${index}?`,
  answer_type: 'choice',
  choices,
  answer: 'Paris',
}))

/** `alike`: how often models that err fall for the same wrong answer. */
function answersOf(models: readonly PanelModel[], accuracy: number, alike: number): AnchorAnswer[] {
  const random = randomFrom(7)
  return anchors.flatMap(({ id, domain }) =>
    models.map(({ name, provider_model: providerModel, state }): AnchorAnswer => {
      const right = random() < accuracy
      const wrong = random() < alike ? 'lure' : `wrong ${Math.floor(random() * 3)}`
      const key = { model: name, providerModel, sandbox: state === 'sandbox' }
      return { ...key, anchorId: id, domain, right, answer: right ? 'right' : wrong, confidence: 90 }
    }),
  )
}

/** What would be stored; undefined where it had been done before. */
async function fittedFrom(answers: readonly AnchorAnswer[], { done = false, models = panel } = {}) {
  let saved: readonly Fitted[] | undefined
  const tx = {
    takeTask: async () => !done,
    anchorAnswers: async () => [...answers],
    saveFitted: async (rows: readonly Fitted[]) => {
      saved = rows
    },
    finishTask: async () => undefined,
  }
  const learned = { current: () => Promise.reject(new Error('nobody asks')), forget: () => undefined }
  const inTransaction: FitDeps['inTransaction'] = (work) => work(tx)
  await fitSettings({ anchors, inTransaction, panel: async () => models, now: () => new Date('2026-06-15'), learned })
  return saved
}

describe('how ballots are put together', () => {
  test('is fitted on anchors, overall and by domain, for as many models as answered them', async () => {
    const rows = await fittedFrom(answersOf(panel.slice(0, 3), 0.7, 0.5))

    expect(rows?.map(({ scope, sandbox, models, questions }) => [scope, sandbox, models, questions])).toEqual([
      ['overall', false, 3, 80],
      ['law', false, 3, 80],
    ])
    expect(rows?.[0]?.settings.confidenceCurve?.length).toBeGreaterThan(1)
  })

  test('weighs less where models have been seen to err alike', async () => {
    const [apart] = (await fittedFrom(answersOf(panel, 0.5, 0))) ?? []
    const [alike] = (await fittedFrom(answersOf(panel, 0.5, 1))) ?? []

    expect(alike?.settings.coincidence).toBeGreaterThan((apart?.settings.coincidence ?? 1) + 0.2)
  })

  test('stays unfitted below thirty anchors, and where one model alone has answered', async () => {
    const few = answersOf(panel, 0.7, 0.5).slice(0, 29 * panel.length)

    expect(await fittedFrom(few)).toEqual([])
    expect(await fittedFrom(answersOf(panel.slice(0, 1), 0.7, 0.5))).toEqual([])
  })

  test('is not taken for real models from emulated ones, nor from models that are behind a name no more', async () => {
    const answers = answersOf(panel, 0.7, 0.5)
    const emulated = panel.map((model) => ({ ...model, state: 'sandbox' as const }))
    const renewed = panel.map((model) => ({ ...model, provider_model: 'next' }))

    expect(await fittedFrom(answers, { models: emulated })).toEqual([])
    expect(await fittedFrom(answers, { models: renewed })).toEqual([])
  })

  test('is fitted once a day', async () => {
    expect(await fittedFrom(answersOf(panel, 0.7, 0.5), { done: true })).toBeUndefined()
  })
})
