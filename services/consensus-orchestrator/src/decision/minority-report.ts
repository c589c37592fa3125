import { atLeast, tolerance } from './compare.ts'
import type { Language } from './language.ts'
import type { ClaimState, ClosedDecision, Consensus, Decision, OpenDecision, Panelist } from './model.ts'
import { phrases } from './phrases.ts'
import { bestArgument } from './readings.ts'
import { medianReliability } from './weights.ts'

type Report = Consensus['minority_report']

const leastPosterior = 0.1
const mostPositions = 12

/** Opposing positions that hold a posterior of 0.1 or more, or are held by a model more reliable than the panel's median. */
export function minorityReport(decision: Decision, language: Language): Report {
  const report = decision.form === 'closed' ? againstAnswer(decision) : againstClaims(decision, language)
  return report.slice(0, mostPositions)
}

function againstAnswer({ positions, winner, stands, voters }: ClosedDecision): Report {
  return positions
    .filter(({ key, models }) => key !== winner?.key && models.length > 0)
    .filter(({ posterior, models }) => isWorthHearing(posterior, models, voters))
    .map(({ key, answer, models }) => ({
      models: [...models],
      position: answer,
      argument: bestArgument(key, stands, voters) ?? '',
    }))
}

function againstClaims({ claims, voters }: OpenDecision, language: Language): Report {
  return claims.flatMap((claim) => {
    const { side, posterior } = weakerSide(claim)
    const models = claim.stands.filter(({ latest }) => latest === side).map(({ model }) => model)
    if (models.length === 0 || !isWorthHearing(posterior, models, voters)) return []
    const position = side === 'agree' ? claim.text : phrases[language].against(claim.text)
    return [{ models, position, argument: bestArgument(side, claim.stands, voters) ?? '' }]
  })
}

function weakerSide({ posterior }: ClaimState): { side: 'agree' | 'disagree'; posterior: number } {
  return posterior >= 0.5 - tolerance ? { side: 'disagree', posterior: 1 - posterior } : { side: 'agree', posterior }
}

function isWorthHearing(posterior: number, models: readonly string[], voters: readonly Panelist[]): boolean {
  const median = medianReliability(voters)
  const holders = voters.filter(({ model }) => models.includes(model))
  return atLeast(posterior, leastPosterior) || holders.some(({ reliability }) => reliability.mean > median + tolerance)
}
