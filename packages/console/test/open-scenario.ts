import type { Claim } from '@concord/contracts/queries'
import { fails, speaks, together, writes, type Scenario, type Step } from './scenario.ts'

type Votes = Record<string, 'agree' | 'disagree' | 'abstain'>

const claims = [
  {
    id: 'c1',
    text: 'A small team ships sooner with one deployable unit, because no call between parts can fail on a network.',
  },
  { id: 'c2', text: 'Boundaries between modules should be drawn before boundaries between services.' },
  { id: 'c3', text: 'Services are worth their cost once two teams need to release independently.' },
  { id: 'c4', text: 'A monolith can never be split later without a rewrite.' },
]
const before: Votes[] = [
  { gpt5: 'agree', claude: 'agree', gemini: 'agree', grok: 'agree' },
  { gpt5: 'agree', claude: 'agree', gemini: 'agree', grok: 'abstain' },
  { gpt5: 'agree', claude: 'agree', gemini: 'disagree', grok: 'disagree' },
  { gpt5: 'disagree', claude: 'disagree', gemini: 'disagree', grok: 'agree' },
]
const after = before.map((votes, index): Votes => (index === 2 ? { ...votes, gemini: 'agree' } : votes))
const supportBefore = [0.97, 0.9, 0.54, 0.11]
const supportAfter = [0.97, 0.9, 0.82, 0.08]

const summary = [
  'Start with a monolith that has modules inside it: a small team ships sooner with one deployable unit [c1], and boundaries that were drawn badly are cheap to move while they are still inside one program [c2].',
  'Take a service out when two teams need to release on their own [c3].',
].join('\n')

/** Four claims: two settled at once, one settled by a debate, one rejected. */
export function openScenario(models: readonly string[], text = ''): Scenario {
  const steps: Step[] = [
    started(0, 'opening', models, []),
    ...together(...models.map((model) => opening(model, text))),
    ...together(...models.map((model) => vote(model))),
    measured(0, supportBefore),
    { afterMs: 250, event: { type: 'round_completed', data: { round: 0, next: 'debate', reason: 'c3 is contested' } } },
    started(1, 'debate', models, ['c3']),
    ...together(...models.map((model) => debate(model))),
    measured(1, supportAfter),
    {
      afterMs: 250,
      event: { type: 'round_completed', data: { round: 1, next: 'synthesis', reason: 'all is settled' } },
    },
    ...writes(models[1] ?? 'claude', 1, summary),
    { afterMs: 200, end: 'completed' },
  ]
  return { steps, answerType: 'open', consensus: consensus(models), responses: {}, modelsFailed: [] }
}

/** One model answers, the others are lost: below the quorum. */
export function failedScenario(models: readonly string[]): Scenario {
  const [first, ...others] = models
  const steps: Step[] = [
    started(0, 'opening', models, []),
    ...together(
      ...(first ? [opening(first, '')] : []),
      ...others.map((model) => fails(model, 0, 'refused_connection', 'connect ECONNREFUSED')),
    ),
    { afterMs: 100, end: 'failed' },
  ]
  const modelsFailed = others.map((model) => ({ model, reason: 'refused_connection', detail: 'connect ECONNREFUSED' }))
  return { steps, answerType: 'open', consensus: undefined, responses: {}, modelsFailed }
}

function started(round: number, stage: 'opening' | 'debate', models: readonly string[], contested: string[]): Step {
  return { afterMs: 60, event: { type: 'round_started', data: { round, stage, models: [...models], contested } } }
}

function opening(model: string, text: string): Step[] {
  const reasoning = [
    'The question is one of cost over time, and the cost depends on the number of teams rather than on the number of users.',
    `Seen from ${model}: every network call added on day one has to be operated from day one.`,
    ...(text === '' ? [] : [text]),
  ]
  return speaks({
    model,
    round: 0,
    purpose: 'opening',
    text: reasoning.join('\n\n'),
    output: {
      reasoning,
      final: null,
      answer_type: 'open',
      confidence: 0.8,
      alternatives: [],
      claims: claims.map((claim) => ({ text: claim.text, kind: 'advice', salience: 0.5, confidence: 0.8 })),
    },
    answer: null,
    confidence: 0.8,
    latencyMs: 1_900,
  })
}

function vote(model: string): Step[] {
  const votes = claims.map(({ id }, index) => aVote(id, before[index]?.[model] ?? 'agree'))
  return speaks({
    model,
    round: 0,
    purpose: 'vote',
    text: '',
    output: { votes },
    answer: null,
    confidence: 0.8,
    latencyMs: 700,
  })
}

function debate(model: string): Step[] {
  const moves = model === 'gemini'
  const reason = moves
    ? 'I had counted the cost of operation only. Two teams that wait for one another pay more.'
    : 'My position stands; no step of it was shown to be wrong.'
  return speaks({
    model,
    round: 1,
    purpose: 'debate',
    text: reason,
    output: {
      reason,
      stance: moves ? 'change' : 'keep',
      error_quoted: moves ? 'the cost of a service is its operation' : null,
      final: null,
      votes: [aVote('c3', after[2]?.[model] ?? 'agree')],
      confidence: 0.8,
    },
    answer: null,
    confidence: 0.8,
    stance: moves ? 'change' : 'keep',
    latencyMs: 900,
  })
}

function aVote(claim: string, value: Votes[string]) {
  const reasons = {
    agree: 'Experience and the arithmetic of failure both point this way.',
    disagree: 'It overstates what the evidence shows.',
    abstain: 'It depends on the domain.',
  }
  return { claim, vote: value, reason: reasons[value ?? 'agree'], confidence: 0.8 }
}

function measured(round: number, support: readonly number[]): Step {
  return {
    afterMs: 150,
    event: {
      type: 'agreement_measured',
      data: {
        round,
        agreement: round === 0 ? 0.71 : 0.94,
        reached: round > 0,
        leading: null,
        posterior: round === 0 ? 0.62 : 0.84,
        positions: [],
        claims: claims.map((claim, index) => ({
          ...claim,
          support: support[index] ?? 0,
          verdict: verdictOf(support[index] ?? 0),
        })),
      },
    },
  }
}

function verdictOf(support: number): Claim['verdict'] {
  if (support >= 0.75) return 'accepted'
  return support < 0.25 ? 'rejected' : 'contested'
}

function consensus(models: readonly string[]): Scenario['consensus'] {
  return {
    summary,
    answer: null,
    confidence: 0.84,
    agreement: 0.94,
    reached: true,
    outcome: 'consensus',
    overrules_majority: false,
    rounds_used: 1,
    convergence_points: [claims[0]?.text ?? '', claims[1]?.text ?? ''],
    divergence_points: ['When exactly a second team justifies a second service.'],
    claims: claims.map((claim, index) => ({
      ...claim,
      support: supportAfter[index] ?? 0,
      verdict: verdictOf(supportAfter[index] ?? 0),
      votes: models.map((model) => {
        const cast = aVote(claim.id, after[index]?.[model] ?? 'agree')
        return {
          model,
          vote: cast.vote ?? 'agree',
          confidence: cast.confidence,
          reason: cast.reason,
          changed_in_round: index === 2 && model === 'gemini' ? 1 : null,
        }
      }),
    })),
    changes: [
      {
        model: 'gemini',
        round: 1,
        claim: 'c3',
        from: 'disagree',
        to: 'agree',
        error_quoted: 'the cost of a service is its operation',
        reason: 'I had counted the cost of operation only. Two teams that wait for one another pay more.',
      },
    ],
    minority_report: [
      {
        models: ['grok'],
        position: 'Start with services where the domain is known',
        argument:
          'A team that has built the same thing before knows its boundaries and pays for a split it need not make.',
      },
    ],
  }
}
