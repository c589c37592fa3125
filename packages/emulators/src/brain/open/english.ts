import type { Pack } from './pack.ts'

export const english: Pack = {
  themes: [
    {
      kind: 'definition',
      wordings: [
        'At its core, {a} is best understood through the problem it is meant to solve.',
        'At its heart, {a} is best understood through the problem it is meant to solve.',
        'Basically, {a} is best understood by the problem that it is meant to solve.',
      ],
      why: 'A description by purpose holds in every case that I can think of, while a list of features does not.',
    },
    {
      kind: 'benefit',
      wordings: [
        'The main benefit of {a} is that every change stays small and can be checked on its own.',
        'The chief benefit of {a} is that every change stays small and can be checked on its own.',
        'The main benefit of {a} is that each change stays small and can be checked on its own.',
      ],
      why: 'Small steps that can be checked are what most reports of success have in common.',
    },
    {
      kind: 'cost',
      wordings: [
        'The upkeep of {a} is underestimated at the beginning and dominates the cost later.',
        'The upkeep of {a} is usually underestimated at the beginning and dominates the cost later.',
        'The upkeep of {a} is often underestimated at the beginning and dominates the cost later.',
      ],
      why: 'Plans count the first effort and forget what has to be kept up afterwards.',
    },
    {
      kind: 'context',
      wordings: [
        'Whether {a} works well depends more on the people and the circumstances than on the idea itself.',
        'Whether {a} works depends more on the people and circumstances than on the idea itself.',
        'If {a} works well depends more on the people and the circumstances than on the idea.',
      ],
      why: 'The same approach has opposite outcomes in different settings.',
    },
    {
      kind: 'measure',
      wordings: [
        'One clear figure, taken before and after, tells whether {a} has had an effect.',
        'One clear figure, taken before and after, tells whether {a} has had any effect.',
        'A single clear figure, taken before and after, tells whether {a} had an effect.',
      ],
      why: 'Without a comparison every result looks like a success.',
    },
    {
      kind: 'method',
      wordings: [
        'It is safest to begin {a} with a limited trial that can be undone.',
        'It is safest to begin {a} by a limited trial that can be undone.',
        'It is safest to begin {a} with a small trial that can be undone.',
      ],
      why: 'What can be undone costs little when it turns out to be wrong.',
    },
    {
      kind: 'mistake',
      wordings: [
        'A frequent mistake about {a} is to copy a result without the conditions that made it possible.',
        'A common mistake about {a} is to copy a result without the conditions that made it possible.',
        'A frequent mistake with {a} is copying a result without the conditions that made it possible.',
      ],
      why: 'Success stories rarely mention what was in place beforehand.',
    },
    {
      kind: 'evidence',
      wordings: [
        'Research on {a} is solid for short-term effects and thin for long-term ones.',
        'Research about {a} is solid for short-term effects but thin for long-term ones.',
        'The research on {a} is solid for short-term effects and weak for long-term ones.',
      ],
      why: 'Most studies end within a year or two.',
    },
    {
      kind: 'cause',
      wordings: [
        'Several causes behind {a} reinforce one another, so no single one explains everything.',
        'Several causes behind {a} reinforce each other, so no single one explains everything.',
        'Several causes of {a} reinforce one another, so no single cause explains everything.',
      ],
      why: 'Removing any one of the causes weakens the effect without ending it.',
    },
    {
      kind: 'comparison',
      wordings: [
        'The options around {a} differ most in who carries the risk when something goes wrong.',
        'The options around {a} differ most in who bears the risk when something goes wrong.',
        'Options around {a} differ mostly in who carries the risk when something goes wrong.',
      ],
      why: 'In calm times the options look alike, and the difference shows under stress.',
    },
  ],
  pro: {
    wordings: [
      'Within a year {a} is worth the effort for most of those concerned.',
      'Within one year {a} is worth its effort for most of those concerned.',
    ],
    why: 'Early gains add up, and most of them arrive in the first months.',
    mistaken: 'I took the gains of the early adopters for those of everybody.',
  },
  con: {
    wordings: [
      'Early on {a} takes more than it gives, and many abandon it before it pays.',
      'In the beginning {a} takes more than it gives, and many abandon it before it pays.',
    ],
    why: 'The gains come late while the expense comes at once.',
    mistaken: 'I counted the expense of the first weeks as if it went on for ever.',
  },
  stopwords:
    'what which who whom whose when where why how is are was were be been being do does did can could should would will shall may might must a an the of in on at to for from by with without about over under between among into than then that this these those it its they them their there and or but not no nor so if as we you i he she our your my me us have has had more most main best better good bad key important biggest explain describe tell give list name compare discuss advantages disadvantages benefits drawbacks pros cons difference differences reason reasons way ways effect effects impact role think people some any many much one use using make makes get just really very actually please versus vs work works happen happens need needs want wants know write choose start begin improve become reduce increase prevent avoid learn help team teams company companies small large big new first early today year years time',
  intents: [
    { kind: 'cause', pattern: /\bwhy\b|\bcauses?\b|\breasons?\b/i },
    { kind: 'method', pattern: /\bhow (?:to|do|can|should|would)\b/i },
    { kind: 'comparison', pattern: /\bvs\b|versus|difference|compare|better|\bor\b/i },
    { kind: 'definition', pattern: /^what (?:is|are)\b|explain|describe|define/i },
    { kind: 'benefit', pattern: /advantage|benefit|should/i },
  ],
  start: 'The question is about {a}; I look first at what can be said with some certainty.',
  agree: [
    'This agrees with what I found on my own.',
    'I see no case that speaks against it.',
    'It follows from the same facts that I relied on.',
  ],
  disagree: 'This does not hold in the cases that I checked.',
  abstain: 'I cannot tell from what is given.',
  concede: 'The quoted step does not hold; without it the conclusion falls, and I change my answer.',
  keep: 'I checked each step again and none of the arguments shows an error in it.',
  insist: 'I remain certain: the objection overlooks what the question really asks, and my calculation stands.',
  uncertain: 'Nothing in the question decides it beyond doubt, so I weigh what is more usual.',
  answerIs: (final) => `The answer is ${final}.`,
  join: ['Moreover,', 'At the same time,', 'It should be added that'],
}
