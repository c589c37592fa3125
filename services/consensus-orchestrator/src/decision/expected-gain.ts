import type { ClosedDecision, Panelist, Settings } from './model.ts'
import { optionCount, probabilityOf, weightOf } from './weights.ts'

/** Answers that are looked at apart; all others count as one that nobody more agrees on. */
const contenders = 3

/** How likely one model is to say the true answer, and any one wrong answer. */
type Witness = { right: number; wrong: number }

type Options = { settings: Settings; temperature: number }

/**
 * By how much hearing these models too is expected to raise the probability that the answer is right, 0 to 1: the expected value of sample
 * information (Raiffa and Schlaifer 1961), that is the best answer's posterior after each way in which they could answer, weighed by how likely that
 * is, less the best answer's posterior now. Each model is taken to be as reliable as its tempered weight says, alone of its family.
 */
export function expectedGain(
  decision: ClosedDecision,
  unheard: readonly Panelist[],
  { settings, temperature }: Options,
): number {
  const leading = decision.positions.slice(0, contenders)
  const keys = decision.positions.map(({ key }) => key)
  const options = optionCount(decision.answerType, settings.choices, keys)
  const coincidence = Math.max(settings.coincidence ?? 0, 1 / (options - 1))
  const witnesses = unheard.map(({ reliability }): Witness => {
    const odds = Math.exp(weightOf(probabilityOf(reliability, null), options, coincidence) / temperature) * coincidence
    return { right: odds / (1 + odds), wrong: coincidence / (1 + odds) }
  })
  const known = leading.map(({ posterior }) => posterior)
  const other = Math.max(0, 1 - known.reduce((sum, share) => sum + share, 0))
  const now = Math.max(...known, 0)
  return Math.max(0, afterHearing([...known, other], witnesses) - now)
}

/** Sum over all answers that the witnesses could give of the joint probability of these and the then likeliest answer. The last share is of all others. */
function afterHearing(joint: readonly number[], [witness, ...rest]: readonly Witness[]): number {
  const last = joint.length - 1
  if (witness === undefined) return Math.max(...joint.slice(0, last))
  const { right, wrong } = witness
  let sum = 0
  for (let said = 0; said < last; said++)
    sum += afterHearing(
      joint.map((share, truth) => share * (said === truth ? right : wrong)),
      rest,
    )
  const elsewhere = (truth: number) => (truth === last ? 1 - last * wrong : 1 - right - (last - 1) * wrong)
  return (
    sum +
    afterHearing(
      joint.map((share, truth) => share * Math.max(0, elsewhere(truth))),
      rest,
    )
  )
}
