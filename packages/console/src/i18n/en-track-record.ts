import type { Reliability } from '@concord/contracts/panel'

const domainNames: Record<Reliability['domain'], string> = {
  overall: 'Overall',
  mathematics: 'Mathematics',
  code: 'Code',
  science: 'Science',
  law: 'Law',
  medicine: 'Medicine',
  business: 'Business',
  general: 'General knowledge',
  language: 'Language',
}

/** What is measured of the models, and what people say of the answers. */
export const enTrackRecord = {
  models: 'Models',
  panelTitle: 'The models and their record',
  panelText:
    'How often each model was right, as far as it is known. Grades come from what people say of answers, from questions whose answer is known, and, for a part, from agreement. The better a model’s record, the more its vote weighs.',
  provider: 'Provider',
  answersIn: 'Answers in',
  latency: (median: string, slow: string) => `${median} (p50), ${slow} (p95)`,
  notKnownYet: 'Not known yet',
  prices: 'Price per million tokens',
  pricesInOut: (input: string, output: string) => `${input} read, ${output} written`,
  recordOf: (model: string) => `Record of ${model}`,
  measuredRight: (share: string) => `${share} right`,
  interval: (range: string) => `${range} with 90% certainty`,
  gradedAnswers: (n: number, shown: string) => (n === 1 ? '1 graded answer' : `${shown} graded answers`),
  notMeasured: (enough: string) => `Not measured yet: the council counts heads until ${enough} answers are graded.`,
  gradedOfEnough: (graded: string, enough: string) => `${graded} of ${enough}`,
  gradedSoFar: 'Graded so far',
  byDomain: 'By domain',
  domain: 'Domain',
  right: 'Right',
  graded: 'Graded',
  domainName: (domain: Reliability['domain']) => domainNames[domain],
  borrowed: (enough: string) => `Under ${enough} graded, the overall record counts there.`,
  calibrationTitle: 'Can it be taken at its word?',
  calibrationOf: (model: string) => `How sure ${model} says it is, and how often it is right`,
  calibrationPoint: (stated: string, right: string, items: string) =>
    `When it says ${stated}, it is right ${right} of the time (graded: ${items}).`,
  calibrationStated: 'Says it is sure',
  calibrationRight: 'Is right',
  calibrationDiagonal: 'On the dashed line, a model is as often right as it says.',
  asTable: 'As a table',
  answers: 'Answers',
  tendencyFair: 'About as sure as it should be.',
  tendencyOver: (points: string, n: number) =>
    `Surer than it should be, by ${points} percentage ${n === 1 ? 'point' : 'points'}.`,
  tendencyUnder: (points: string, n: number) =>
    `Right more often than it says, by ${points} percentage ${n === 1 ? 'point' : 'points'}.`,
  tendencyBoth: (points: string) =>
    `Too sure at times, not sure enough at others: off by ${points} percentage points on average.`,

  weightMeaning: 'A model’s vote weighs what its record is worth. Without a record, heads are counted.',
  seeRecords: 'See the models’ records',

  feedbackTitle: 'Was this right?',
  feedbackText: 'What you say is graded into the record of each model.',
  yes: 'Yes',
  no: 'No',
  expectedLabel: 'What would have been right?',
  optional: 'optional',
  saveExpected: 'Save',
  saving: 'Saving…',
  recordedRight: 'Recorded: you said it was right.',
  recordedWrong: 'Recorded: you said it was wrong.',
  recordedExpected: (answer: string) => `Right, you said, is ${answer}.`,
  gradedRight: (models: string) => `Graded right: ${models}.`,
  gradedWrong: (models: string) => `Graded wrong: ${models}.`,
  feedbackChange: 'You can change it at any time.',
}
