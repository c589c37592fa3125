import { decide } from '../decision/decide.ts'
import type { Decision, Deliberation, Opening, Panelist, Settings } from '../decision/model.ts'
import { nextStep } from '../decision/next-step.ts'
import type { Conclusion } from './conclusion.ts'
import type { Question } from './question.ts'

/** What is fitted: everything else of a decision's settings is what a query has by default, without a debate, which no record holds. */
export type FittedSettings = Pick<
  Settings,
  'temperature' | 'siblingIndependence' | 'coincidence' | 'influence' | 'confidenceCurve'
>

export type Council = { panel: readonly Panelist[]; fitted: FittedSettings }

export type CouncilConclusion = Conclusion & { posterior: number }

const threshold = 0.75

/** The decision as the council makes it, on all openings at once. */
export function decideTogether(question: Question, council: Council): CouncilConclusion {
  const deliberation = deliberationOn(question, council, 'thorough')
  return concluded(question, council, decide(deliberation), council.panel.length)
}

/** As the council goes about it where effort is thrifty: step by step, asking for more only where the next step says so. */
export function decideThriftily(question: Question, council: Council): CouncilConclusion {
  const whole = deliberationOn(question, council, 'thrifty')
  let asked: readonly string[] = []
  for (;;) {
    const deliberation = { ...whole, openings: whole.openings.filter(({ model }) => asked.includes(model)) }
    const progress = {
      stage: 'opening',
      asked,
      waitingFor: [],
      overdue: false,
      roomForMore: true,
      oneByOne: true,
    } as const
    const step = nextStep(deliberation, progress)
    if (step.kind !== 'open') return concluded(question, council, decide(deliberation), asked.length)
    asked = [...asked, ...step.models]
  }
}

function deliberationOn(
  { asked, finals, confidences }: Question,
  { panel, fitted }: Council,
  effort: Settings['effort'],
): Deliberation {
  const openings = panel.flatMap(({ model }, index): Opening[] => {
    const final = finals[index]
    if (final === undefined) return []
    const answer = { answer_type: asked.answerType, final, confidence: confidences[index] ?? null }
    return [{ model, answer: { ...answer, reasoning: [], alternatives: [], claims: [] } }]
  })
  const settings = { ...asked, ...fitted, language: 'en', threshold, debateRounds: 0, effort }
  return { seed: '', question: '', settings, panel, openings, votes: [], debates: [], roundsHeld: 0 }
}

function concluded({ right }: Question, { panel }: Council, decision: Decision, calls: number): CouncilConclusion {
  const winner = decision.form === 'closed' ? decision.winner : undefined
  return {
    right: panel.some(({ model }, index) => right[index] === true && winner?.models.includes(model) === true),
    confidence: decision.confidence,
    posterior: winner?.posterior ?? 0,
    calls,
    contested: decision.debatable.length > 0,
  }
}
