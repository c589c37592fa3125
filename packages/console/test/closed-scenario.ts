import { fails, speaks, together, writes, type Scenario, type Step } from './scenario.ts'

const reasonings: Record<string, string[]> = {
  gpt5: [
    'Measured from midnight, the minute hand turns 12 times while the hour hand turns once.',
    'It gains a full lap on the hour hand every 12/11 hours, which is about 65 minutes and 27 seconds.',
    'In 24 hours that makes 24 ÷ 12/11 = 22 meetings.',
  ],
  claude: [
    'The hands move at 360° and 30° an hour, so the gap closes at 330° an hour.',
    'They coincide whenever 330 t is a multiple of 360, that is every 12/11 hours.',
    'From midnight (included) to the next midnight (not included) there are 22 such moments.',
  ],
  gemini: ['The minute hand passes the hour hand once every hour, so there are 24 meetings in a day.'],
  grok: [
    'Each hour the long hand sweeps the whole face and must cross the short one.',
    'There are 24 hours in a day, hence 24 crossings.',
  ],
}

const threshold = 0.75
const quote = 'The minute hand passes the hour hand once every hour'

/** Two against two at first; one model finds its error, one keeps its view to the end. */
export function closedScenario(o: {
  models: readonly string[]
  lost?: string
  extra?: string
  overrules?: boolean
}): Scenario {
  const speakers = o.models.filter((model) => model !== o.lost)
  const right = speakers.filter((model) => model !== 'gemini' && model !== 'grok')
  const wrong = speakers.filter((model) => !right.includes(model))
  const movers = wrong.filter((model) => model === 'gemini')
  const keepers = wrong.filter((model) => model !== 'gemini')
  const steps: Step[] = [
    started(0, 'opening', o.models, []),
    ...together(
      ...speakers.map((model) => opening(model, right.includes(model) ? '22' : '24', o.extra)),
      ...(o.lost ? [fails(o.lost, 0, 'timed_out', 'no answer within 30 s')] : []),
    ),
    measured(0, right, wrong, wrong.length === 0 ? 0.98 : 0.52),
    completed(0, 'debate', 'two positions are contested'),
    started(1, 'debate', speakers, ['22', '24']),
    ...together(
      ...right.map((model) => debate(model, 1, 'keep', '22')),
      ...movers.map((model) => debate(model, 1, 'change', '22')),
      ...keepers.map((model) => debate(model, 1, 'keep', '24')),
    ),
    measured(1, [...right, ...movers], keepers, 0.86),
    completed(1, 'synthesis', 'the threshold is reached'),
    ...writes('claude', 1, summary),
    { afterMs: 200, end: 'completed' },
  ]
  return {
    steps,
    answerType: 'number',
    consensus: consensus(movers, keepers, o.overrules),
    responses: responses(o, right),
    modelsFailed: o.lost ? [{ model: o.lost, reason: 'timed_out', detail: 'no answer within 30 s' }] : [],
  }
}

const summary =
  'The hands meet 22 times a day. The minute hand gains a full lap on the hour hand every 12/11 hours, a little more than 65 minutes, so the meetings come later each hour and only eleven of them fit into twelve hours.'

function started(round: number, stage: 'opening' | 'debate', models: readonly string[], contested: string[]): Step {
  return { afterMs: 60, event: { type: 'round_started', data: { round, stage, models: [...models], contested } } }
}

function completed(round: number, next: 'debate' | 'synthesis', reason: string): Step {
  return { afterMs: 250, event: { type: 'round_completed', data: { round, next, reason } } }
}

function opening(model: string, answer: string, extra = ''): Step[] {
  const reasoning = [...(reasonings[model] ?? [`Counting them by hand gives ${answer}.`]), ...(extra ? [extra] : [])]
  return speaks({
    model,
    round: 0,
    purpose: 'opening',
    text: reasoning.join('\n\n'),
    output: { reasoning, final: answer, answer_type: 'number', confidence: 0.9, alternatives: [], claims: [] },
    answer,
    confidence: model === 'grok' ? 0.88 : 0.93,
    latencyMs: 1_400 + model.length * 130,
  })
}

function debate(model: string, round: number, stance: 'keep' | 'change', final: string): Step[] {
  const reason =
    stance === 'change'
      ? 'When the minute hand has come round once, the hour hand has moved on by 30°. The next meeting is therefore later than an hour, and eleven fit into twelve hours.'
      : final === '22'
        ? 'The counter-argument treats the hour hand as standing still. It does not, and 24 ÷ 12/11 stays 22.'
        : 'A crossing happens within each of the 24 hours; I see no hour without one.'
  return speaks({
    model,
    round,
    purpose: 'debate',
    text: reason,
    output: { reason, stance, final, error_quoted: stance === 'change' ? quote : null, votes: [], confidence: 0.9 },
    answer: final,
    confidence: stance === 'change' ? 0.9 : 0.94,
    stance,
    latencyMs: 1_100 + model.length * 90,
  })
}

function measured(round: number, right: readonly string[], wrong: readonly string[], support: number): Step {
  const positions = [
    { position: '22', models: [...right], support },
    ...(wrong.length > 0 ? [{ position: '24', models: [...wrong], support: 1 - support }] : []),
  ]
  return {
    afterMs: 150,
    event: {
      type: 'agreement_measured',
      data: {
        round,
        agreement: support,
        reached: support >= threshold,
        leading: '22',
        posterior: support,
        positions,
        claims: positions.map(({ position, support: share }, index) => ({
          id: `c${index + 1}`,
          text: position,
          support: share,
          verdict: verdictOf(share),
        })),
      },
    },
  }
}

function verdictOf(support: number) {
  if (support >= threshold) return 'accepted' as const
  return support < 1 - threshold ? ('rejected' as const) : ('contested' as const)
}

function consensus(movers: readonly string[], keepers: readonly string[], overrules = false): Scenario['consensus'] {
  return {
    summary,
    answer: '22',
    confidence: 0.86,
    agreement: 0.86,
    reached: true,
    outcome: keepers.length === 0 ? 'unanimous' : 'consensus',
    overrules_majority: overrules,
    rounds_used: 1,
    convergence_points: ['Both hands move, and the minute hand gains 330° an hour on the hour hand.'],
    divergence_points: keepers.length === 0 ? [] : ['Whether each of the 24 hours holds a crossing.'],
    claims: [],
    changes: movers.map((model) => ({
      model,
      round: 1,
      claim: null,
      from: '24',
      to: '22',
      error_quoted: quote,
      reason: 'The next meeting is later than an hour, so eleven fit into twelve hours.',
    })),
    minority_report: keepers.map((model) => ({
      models: [model],
      position: '24',
      argument: 'A crossing happens within each of the 24 hours; I see no hour without one.',
    })),
  }
}

function responses(o: { models: readonly string[]; lost?: string }, right: readonly string[]): Scenario['responses'] {
  return Object.fromEntries(
    o.models.map((model) => [
      model,
      model === o.lost
        ? { response: null, confidence: null, reasoning: [], status: 'failed' as const, sandbox: true }
        : {
            response: right.includes(model) ? '22' : '24',
            confidence: 0.9,
            reasoning: reasonings[model] ?? [],
            status: 'ok' as const,
            sandbox: true,
          },
    ]),
  )
}
