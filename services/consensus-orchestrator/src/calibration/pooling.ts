import { posterior } from '../decision/posterior.ts'
import { tally } from '../decision/tally.ts'
import { likelyOptions, weightOf } from '../decision/weights.ts'
import { coincidenceIn } from './coincidence.ts'
import { fitInfluence, type FamilyScores } from './influence.ts'
import { enoughItems } from './track-record.ts'

/** A question with a known answer, and how a panel answered it. */
export type GradedQuestion = {
  /** K */
  options: number
  /** One for each model that answered. `probability` is what its ballot was worth, found without this question. */
  answers: readonly { family: string; probability: number; key: string; right: boolean }[]
}

/** How ballots are to be put together: the optional settings of a decision. */
export type Pooling = {
  temperature: number
  siblingIndependence: number
  coincidence: number
  /** By family; absent where there are too few questions to tell. */
  influence?: Readonly<Record<string, number>>
}

const independences = [0, 0.25, 0.5, 0.75, 1]
/** Without data siblings are halfway between one voter and as many as they are; the ends have to be worth three units of log-likelihood. */
const neutrality = 12
/** ln T is expected at 0, with a standard deviation of 0.5. */
const coolness = 2
const [coldest, hottest] = [-Math.log(2), Math.log(8)]
/** With fewer questions than this, influences cost by chance about what they gain. */
const enoughForInfluence = 300

/** Fitted on graded questions by penalised likelihood of the right answers; undefined where there are fewer than `enough`. */
export function fitPooling(questions: readonly GradedQuestion[], enough = enoughItems): Pooling | undefined {
  if (questions.length === 0 || questions.length < enough) return undefined
  const coincidence = coincidenceIn(questions)
  let best = { temperature: 1, siblingIndependence: 0 }
  let least = Number.POSITIVE_INFINITY
  for (const siblingIndependence of questions.some(hasSiblings) ? independences : [0]) {
    const scored = questions.map((question) => scoresOf(question, coincidence, siblingIndependence))
    const cost = (lnT: number) => lossOf(scored, Math.exp(lnT)) + coolness * lnT * lnT
    const lnT = lowest(cost, coldest, hottest)
    const loss = cost(lnT) + neutrality * (siblingIndependence - 0.5) ** 2
    if (loss < least) {
      least = loss
      best = { temperature: Math.exp(lnT), siblingIndependence }
    }
  }
  const pooling = { ...best, coincidence }
  return questions.length < enoughForInfluence ? pooling : { ...pooling, influence: influenceOf(questions, pooling) }
}

function influenceOf(
  questions: readonly GradedQuestion[],
  { temperature, siblingIndependence, coincidence }: Pooling,
): Record<string, number> {
  const families = [...new Set(questions.flatMap(({ answers }) => answers.map(({ family }) => family)))].toSorted()
  const scored = questions.map((question) => familyScores(question, families, coincidence, siblingIndependence))
  const influence = fitInfluence(scored, families.length, temperature)
  return Object.fromEntries(families.map((family, index) => [family, influence[index] ?? 1]))
}

/** What a family puts behind an option does not depend on the other families. */
function familyScores(
  question: GradedQuestion,
  families: readonly string[],
  coincidence: number,
  independence: number,
): FamilyScores {
  const { ballots, truth, keys, options } = readBallots(question, coincidence)
  const byFamily = families.map(
    (name) =>
      tally(
        ballots.filter(({ family }) => family === name),
        independence,
      ).scores,
  )
  return {
    scores: keys.map((key) => byFamily.map((scores) => scores.get(key) ?? 0)),
    truth,
    unseen: Math.max(0, options - keys.length),
  }
}

/** `truth` is the place of the right answer among the scores; -1 where nobody gave it. `options` are the likely ones. */
type Scored = { scores: readonly number[]; truth: number; options: number }

function scoresOf(question: GradedQuestion, coincidence: number, independence: number): Scored {
  const { ballots, truth, keys, options } = readBallots(question, coincidence)
  const { scores } = tally(ballots, independence)
  return { scores: keys.map((key) => scores.get(key) ?? 0), truth, options }
}

function readBallots({ answers, options: least }: GradedQuestion, coincidence: number) {
  const keys = [...new Set(answers.map(({ key }) => key))]
  const options = Math.max(least, keys.length)
  const ballots = answers.map(({ family, probability, key }) => ({
    family,
    weight: weightOf(probability, options, coincidence),
    options: [{ key, share: 1 }],
  }))
  const truth = answers.find(({ right }) => right)?.key
  return {
    ballots,
    keys,
    truth: truth === undefined ? -1 : keys.indexOf(truth),
    options: likelyOptions(options, keys.length, coincidence),
  }
}

function lossOf(questions: readonly Scored[], temperature: number): number {
  let loss = 0
  for (const { scores, truth, options } of questions) {
    const { seen, unseen } = posterior(scores, options, temperature)
    loss -= Math.log(Math.max(1e-9, truth < 0 ? unseen : (seen[truth] ?? 0)))
  }
  return loss
}

function hasSiblings({ answers }: GradedQuestion): boolean {
  return new Set(answers.map(({ family }) => family)).size < answers.length
}

const golden = (Math.sqrt(5) - 1) / 2
const narrow = 0.02

/** Where a function with one valley is lowest, by golden section. */
function lowest(cost: (x: number) => number, from: number, to: number): number {
  let [low, high] = [from, to]
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)]
  let [costLeft, costRight] = [cost(left), cost(right)]
  while (high - low > narrow) {
    if (costLeft <= costRight) {
      ;[high, right, costRight] = [right, left, costLeft]
      left = high - golden * (high - low)
      costLeft = cost(left)
    } else {
      ;[low, left, costLeft] = [left, right, costRight]
      right = low + golden * (high - low)
      costRight = cost(right)
    }
  }
  return (low + high) / 2
}
